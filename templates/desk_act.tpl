{{%AUTOESCAPE context="HTML"}}
<details id="{{ACT_NAME}}"{{#IS_OPEN}} open{{/IS_OPEN}}>
<summary>{{ACT_TITLE}}</summary>
<p>{{ACT_WHAT}}</p>
<form method="post" action="{{ACT_PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#REASON_MISSING}} wrong{{/REASON_MISSING}}">
<label for="reason-{{ACT_NAME}}">{{_("Reason")}} <span class="remark">{{_("(required)")}}</span></label>
<p class="help" id="reason-{{ACT_NAME}}-help">{{REASON_HELP}}</p>
{{#REASON_MISSING}}
<p class="problem" id="reason-{{ACT_NAME}}-problem">{{_("Say why, in up to 200 characters. Nothing was done yet.")}}</p>
{{/REASON_MISSING}}
<input id="reason-{{ACT_NAME}}" name="reason" value="{{REASON}}" dir="auto" autocomplete="off" maxlength="200" aria-describedby="reason-{{ACT_NAME}}-help{{#REASON_MISSING}} reason-{{ACT_NAME}}-problem{{/REASON_MISSING}}"{{#REASON_MISSING}} aria-invalid="true"{{/REASON_MISSING}}>
</div>
{{#CONFIRM}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="confirm-{{ACT_NAME}}">{{_("Type this to confirm it:")}}</label>
<p class="help" id="confirm-{{ACT_NAME}}-help"><bdi dir="ltr">{{PHRASE}}</bdi></p>
{{#IS_WRONG}}
<p class="problem" id="confirm-{{ACT_NAME}}-problem">{{_("Type what stands above the field. Nothing was done yet.")}}</p>
{{/IS_WRONG}}
<input id="confirm-{{ACT_NAME}}" name="confirm" value="{{TYPED}}" dir="ltr" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="confirm-{{ACT_NAME}}-help{{#IS_WRONG}} confirm-{{ACT_NAME}}-problem{{/IS_WRONG}}"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}} required>
</div>
{{/CONFIRM}}
<p class="save"><button type="submit">{{ACT_BUTTON}}</button></p>
</form>
</details>
