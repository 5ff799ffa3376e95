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
<p class="save"><button type="submit">{{ACT_BUTTON}}</button></p>
</form>
</details>
