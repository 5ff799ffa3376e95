{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
{{#HEADING}}
<h1 lang="{{SPOKEN}}" dir="auto">{{TEXT}}</h1>
{{/HEADING}}
{{#HAS_NO_HEADING}}
<h1>{{_("Forgotten your password?")}}</h1>
{{/HAS_NO_HEADING}}
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p><a href="#f-identifier">{{TEXT}}</a></p>
</div>
{{/PROBLEM}}
<p class="lead">{{_("Enter what you sign in with. If there is an account, a link goes to its e-mail address; with it you choose a new password.")}}</p>
<form method="post" action="{{PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-identifier">{{_("E-mail address or username")}}</label>
<input id="f-identifier" name="identifier" type="text" value="{{IDENTIFIER}}" dir="ltr" autocomplete="username" autocapitalize="none" spellcheck="false"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}} required>
</div>
<button type="submit">{{_("Send link")}}</button>
</form>
<p class="aside"><a href="{{LOGIN_PATH}}">{{_("Go to the sign-in page")}}</a></p>
{{#HELP}}
<p class="aside" lang="{{SPOKEN}}" dir="auto">{{TEXT}}</p>
{{/HELP}}
</div>
