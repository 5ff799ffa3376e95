{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{TITLE}}</h1>
<p class="lead">{{TEXT}}</p>
<p class="value"><bdi dir="ltr">{{VALUE}}</bdi></p>
<p class="help">{{HELP}}</p>
<form method="post" action="{{PATH}}">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="mark" value="{{MARK}}">
<button type="submit">{{LABEL}}</button>
</form>
</div>
