{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{_("Enter your password again")}}</h1>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p><a href="#f-current_password">{{TEXT}}</a></p>
</div>
{{/PROBLEM}}
<p class="lead">{{_("You signed in a while ago. Before you go on, show that it is still you.")}}</p>
{{#IS_LOST}}
<p class="stored">{{_("What you typed was too long to be kept until then: you will have to type it again.")}}</p>
{{/IS_LOST}}
<form method="post" action="/reauthenticate" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="next" value="{{NEXT}}">
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-current_password">{{_("Password")}}</label>
<div class="reveal" data-reveal="f-current_password" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("Password")}}">
<input id="f-current_password" name="current_password" type="password" dir="ltr" autocomplete="current-password"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}} required>
</div>
</div>
<button type="submit">{{_("Go on")}}</button>
</form>
<p class="aside"><a href="/password/forgot">{{_("Forgotten your password?")}}</a></p>
</div>
