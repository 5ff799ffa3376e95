{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Username")}}</h1>
<p class="lead">{{_("You can sign in with it, instead of your e-mail address.")}}</p>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p><a href="#f-username">{{TEXT}}</a></p>
</div>
{{/PROBLEM}}
<section class="card task" aria-labelledby="now">
<h2 id="now">{{_("Your username now")}}</h2>
{{#HAS_VALUE}}
<p class="value"><bdi dir="ltr">{{VALUE}}</bdi></p>
{{/HAS_VALUE}}
{{#IS_EMPTY}}
<p class="value empty">{{_("Not set")}}</p>
{{/IS_EMPTY}}
{{#LOCKED}}
<p class="lock" id="f-username" tabindex="-1"><img src="{{static "lock.svg"}}" alt="{{_("Locked:")}}" width="16" height="16"> <span>{{REASON}}</span></p>
{{/LOCKED}}
{{#CHANGE}}
<form method="post" action="/username" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-username">{{_("New username")}}</label>
<p class="help" id="help">{{HELP}}</p>
{{#IS_WRONG}}
<p class="problem" id="problem">{{TEXT}}</p>
{{/IS_WRONG}}
<input id="f-username" name="username" type="text" value="{{TYPED}}" dir="ltr" autocomplete="username" autocapitalize="none" spellcheck="false" aria-describedby="help{{#IS_WRONG}} problem{{/IS_WRONG}}"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
</div>
<p class="save"><button type="submit">{{_("Save username")}}</button></p>
</form>
{{/CHANGE}}
</section>
<p class="aside"><a href="/profile">{{_("Go to your profile")}}</a></p>
