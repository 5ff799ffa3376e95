{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
{{#HEADING}}
<h1 lang="{{SPOKEN}}" dir="auto">{{TEXT}}</h1>
{{/HEADING}}
{{#HAS_NO_HEADING}}
<h1>{{_("Choose a new password")}}</h1>
{{/HAS_NO_HEADING}}
<p class="lead">{{_("For the account with this address. Afterwards all its devices are signed out, and you sign in with the new password.")}}</p>
<p class="value"><bdi dir="ltr">{{ADDRESS}}</bdi></p>
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Nothing was changed yet")}}</h2>
<ul>
{{#ITEM}}
{{#LINKED}}
<li><a href="#f-{{NAME}}">{{TEXT}}</a></li>
{{/LINKED}}
{{#NOT_LINKED}}
<li>{{TEXT}}</li>
{{/NOT_LINKED}}
{{/ITEM}}
</ul>
</div>
{{/PROBLEMS}}
<form method="post" action="/password/reset" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="mark" value="{{MARK}}">
<input type="text" value="{{ADDRESS}}" dir="ltr" autocomplete="username" hidden>
{{>FIELDS}}
<button type="submit">{{_("Set new password")}}</button>
</form>
{{#HELP}}
<p class="aside" lang="{{SPOKEN}}" dir="auto">{{TEXT}}</p>
{{/HELP}}
</div>
