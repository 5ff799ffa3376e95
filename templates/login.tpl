{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
{{#HEADING}}
<h1 lang="{{SPOKEN}}" dir="auto">{{TEXT}}</h1>
{{/HEADING}}
{{#HAS_NO_HEADING}}
<h1>{{_("Sign in")}}</h1>
{{/HAS_NO_HEADING}}
<p class="lead">{{_("See what is kept about you, and change what is yours to change.")}}</p>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p>{{TEXT}}</p>
</div>
{{/PROBLEM}}
<form method="post" action="{{PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="next" value="{{NEXT}}">
<input type="hidden" name="connection" value="{{CONNECTION}}">
<div class="field">
<label for="f-identifier">{{_("E-mail address or username")}}</label>
<input id="f-identifier" name="identifier" type="text" value="{{IDENTIFIER}}" dir="ltr" autocomplete="username" autocapitalize="none" spellcheck="false" required>
</div>
<div class="field">
<label for="f-password">{{_("Password")}}</label>
<div class="reveal" data-reveal="f-password" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("Password")}}">
<input id="f-password" name="password" type="password" dir="ltr" autocomplete="current-password" required>
</div>
</div>
<button type="submit">{{_("Sign in")}}</button>
</form>
<p class="aside"><a href="{{FORGOT_PATH}}">{{_("Forgotten your password?")}}</a></p>
{{#HELP}}
<p class="aside" lang="{{SPOKEN}}" dir="auto">{{TEXT}}</p>
{{/HELP}}
{{#SIGNUPS}}
<ul class="aside">
{{#SIGNUP}}
<li><a href="{{PATH}}">{{LABEL}}</a></li>
{{/SIGNUP}}
</ul>
{{/SIGNUPS}}
</div>
