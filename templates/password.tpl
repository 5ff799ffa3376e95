{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Change your password")}}</h1>
<p class="lead">{{_("Afterwards you sign in with the new one, here and on all your devices.")}}</p>
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
<form class="card task" method="post" action="/password" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="text" value="{{IDENTIFIER}}" dir="ltr" autocomplete="username" hidden>
<div class="field{{#IS_CURRENT_WRONG}} wrong{{/IS_CURRENT_WRONG}}">
<label for="f-current_password">{{_("Present password")}}</label>
{{#CURRENT}}
<p class="problem" id="current-problem">{{TEXT}}</p>
{{/CURRENT}}
<div class="reveal" data-reveal="f-current_password" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("Present password")}}">
<input id="f-current_password" name="current_password" type="password" dir="ltr" autocomplete="current-password"{{#IS_CURRENT_WRONG}} aria-describedby="current-problem" aria-invalid="true"{{/IS_CURRENT_WRONG}} required>
</div>
</div>
{{>FIELDS}}
<p class="save"><button type="submit">{{_("Change password")}}</button></p>
</form>
<p class="aside"><a href="/password/forgot">{{_("Forgotten your password?")}}</a></p>
