{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{TITLE}}</h1>
<p class="lead">{{TEXT}}</p>
{{#ASKED}}
<p class="help">{{TEXT}}</p>
{{/ASKED}}
{{#KEEP}}
<form method="post" action="/privacy/deletion">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="action" value="keep">
<button type="submit">{{_("Keep my account")}}</button>
</form>
{{/KEEP}}
{{#NOW}}
<form method="post" action="/privacy/deletion">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="action" value="now">
<p class="help">{{_("It is gone within moments then, and nobody can bring it back.")}}</p>
<button class="quiet" type="submit">{{_("Delete it now")}}</button>
</form>
{{/NOW}}
</div>
