{{%AUTOESCAPE context="HTML"}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-password">{{_("New password")}}</label>
{{#WRONG}}
<ul class="problem" id="password-problem">
{{#REASON}}
<li>{{TEXT}}</li>
{{/REASON}}
</ul>
{{/WRONG}}
{{#RULES}}
<ul class="help rules" id="password-rules">
{{#RULE}}
<li>{{TEXT}}</li>
{{/RULE}}
</ul>
{{/RULES}}
<div class="reveal" data-reveal="f-password" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("New password")}}">
<input id="f-password" name="password" type="password" dir="ltr" autocomplete="new-password" aria-describedby="{{#IS_WRONG}}password-problem {{/IS_WRONG}}{{#HAS_RULES}}password-rules{{/HAS_RULES}}"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}} required>
</div>
</div>
<div class="field{{#IS_AGAIN_WRONG}} wrong{{/IS_AGAIN_WRONG}}">
<label for="f-password_again">{{_("New password again")}}</label>
{{#AGAIN}}
<p class="problem" id="again-problem">{{TEXT}}</p>
{{/AGAIN}}
<div class="reveal" data-reveal="f-password_again" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("New password again")}}">
<input id="f-password_again" name="password_again" type="password" dir="ltr" autocomplete="new-password"{{#IS_AGAIN_WRONG}} aria-describedby="again-problem" aria-invalid="true"{{/IS_AGAIN_WRONG}} required>
</div>
</div>
