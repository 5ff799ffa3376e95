{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{_("Make an account")}}</h1>
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Nothing was made yet")}}</h2>
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
<p class="lead">{{_("Only what is needed is asked for. A mail to your address tells you how to go on.")}}</p>
<form method="post" action="/signup" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="connection" value="{{CONNECTION}}">
<div class="field{{#IS_EMAIL_WRONG}} wrong{{/IS_EMAIL_WRONG}}">
<label for="f-email">{{_("E-mail address")}}</label>
{{#EMAIL_PROBLEM}}
<p class="problem" id="email-problem">{{TEXT}}</p>
{{/EMAIL_PROBLEM}}
<input id="f-email" name="email" type="email" value="{{EMAIL}}" dir="ltr" autocomplete="email" autocapitalize="none" spellcheck="false"{{#IS_EMAIL_WRONG}} aria-describedby="email-problem" aria-invalid="true"{{/IS_EMAIL_WRONG}} required>
</div>
{{>FIELD}}
{{>FIELDS}}
<button type="submit">{{_("Make my account")}}</button>
</form>
<p class="aside"><a href="/login">{{_("Go to the sign-in page")}}</a></p>
</div>
