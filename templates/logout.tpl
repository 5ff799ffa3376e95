{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{_("Sign out")}}</h1>
<p class="lead">{{_("After that, this browser knows nothing of you any more. Other devices stay signed in.")}}</p>
<form method="post" action="/logout">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button type="submit">{{_("Sign out")}}</button>
<a class="other" href="/profile">{{_("Stay signed in")}}</a>
</form>
</div>
