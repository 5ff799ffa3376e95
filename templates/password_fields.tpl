{{%AUTOESCAPE context="HTML"}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-password">{{_("New password")}}</label>
{{#WRONG}}
<ul class="problem" id="password-problem">
{{#REASON}}
<li data-rule="{{CHECK}}" data-limit="{{LIMIT}}">{{TEXT}}</li>
{{/REASON}}
</ul>
{{/WRONG}}
{{#RULES}}
<ul class="help rules" id="password-rules">
{{#RULE}}
<li data-rule="{{CHECK}}" data-limit="{{LIMIT}}">{{TEXT}}</li>
{{/RULE}}
</ul>
{{/RULES}}
{{#GUESSES}}
<p class="help" id="password-saving">{{_("Whether it is easy to guess or known from a data breach is looked at when you save. Nothing that you type is sent before that.")}}</p>
{{/GUESSES}}
<div class="reveal" data-reveal="f-password" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("New password")}}">
<input id="f-password" name="password" type="password" dir="ltr" autocomplete="new-password" aria-describedby="{{#IS_WRONG}}password-problem {{/IS_WRONG}}{{#HAS_RULES}}password-rules {{/HAS_RULES}}{{#GUESSES}}password-saving{{/GUESSES}}"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}} required>
</div>
</div>
<div class="field{{#IS_AGAIN_WRONG}} wrong{{/IS_AGAIN_WRONG}}">
<label for="f-password_again">{{_("New password again")}}</label>
{{#AGAIN}}
<p class="problem" id="again-problem">{{TEXT}}</p>
{{/AGAIN}}
<ul class="help rules" id="again-rules">
<li data-rule="same" data-limit="0">{{_("Type the same password once more.")}}</li>
</ul>
<div class="reveal" data-reveal="f-password_again" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("New password again")}}">
<input id="f-password_again" name="password_again" type="password" dir="ltr" autocomplete="new-password" aria-describedby="{{#IS_AGAIN_WRONG}}again-problem {{/IS_AGAIN_WRONG}}again-rules"{{#IS_AGAIN_WRONG}} aria-invalid="true"{{/IS_AGAIN_WRONG}} required>
</div>
</div>
<p class="unseen" aria-live="polite" data-hints data-done="{{_("done")}}" data-open="{{_("still open")}}" data-left="{{_("Still open:")}}" data-all="{{_("Nothing is open that can be told before you save.")}}"></p>
