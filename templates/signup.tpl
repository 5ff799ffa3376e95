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
{{#PUBLIC}}
<p class="lead">{{_("Only what is needed is asked for. A mail to your address tells you how to go on.")}}</p>
{{/PUBLIC}}
{{#INVITED}}
<p class="lead">{{_("Only what is needed is asked for. Then you decide about the invitation.")}}</p>
{{/INVITED}}
<form method="post" action="{{PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#PUBLIC}}
<input type="hidden" name="connection" value="{{CONNECTION}}">
{{/PUBLIC}}
{{#MARKED}}
<input type="hidden" name="mark" value="{{MARK}}">
{{/MARKED}}
{{#INVITED}}
<div class="field">
<p class="label">{{_("E-mail address")}}</p>
<p class="value"><bdi dir="ltr">{{ADDRESS}}</bdi></p>
<p class="lock"><img src="{{static "lock.svg"}}" alt="{{_("Locked:")}}" width="16" height="16"> <span>{{_("You were invited under this address, so it stays.")}}</span></p>
</div>
{{/INVITED}}
{{#PUBLIC}}
<div class="field{{#IS_EMAIL_WRONG}} wrong{{/IS_EMAIL_WRONG}}">
<label for="f-email">{{_("E-mail address")}}</label>
{{#EMAIL_PROBLEM}}
<p class="problem" id="email-problem">{{TEXT}}</p>
{{/EMAIL_PROBLEM}}
<input id="f-email" name="email" type="email" value="{{EMAIL}}" dir="ltr" autocomplete="email" autocapitalize="none" spellcheck="false"{{#IS_EMAIL_WRONG}} aria-describedby="email-problem" aria-invalid="true"{{/IS_EMAIL_WRONG}} required>
</div>
{{/PUBLIC}}
{{>FIELD}}
{{>FIELDS}}
<button type="submit">{{_("Make my account")}}</button>
</form>
{{#PUBLIC}}
<p class="aside"><a href="{{LOGIN_PATH}}">{{_("Go to the sign-in page")}}</a></p>
{{/PUBLIC}}
{{#INVITED}}
<p class="aside"><a href="/invitation">{{_("Back to the invitation")}}</a></p>
{{/INVITED}}
</div>
