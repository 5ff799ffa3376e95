{{%AUTOESCAPE context="HTML"}}
{{#LOCKED}}
{{#IS_FIRST}}
<p class="lock shared" id="{{WHY}}"><img src="{{static "lock.svg"}}" alt="{{_("Locked:")}}" width="16" height="16"> <span>{{REASON}}</span></p>
{{/IS_FIRST}}
<div class="field locked{{#IS_GROUPED}} fact{{/IS_GROUPED}}" id="{{ID}}" role="group" aria-labelledby="{{ID}}-label" aria-describedby="{{WHY}}" tabindex="-1">
<p class="label" id="{{ID}}-label">{{LABEL}}</p>
{{#HAS_VALUE}}
<p class="value"><bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE:p}}</bdi>{{#MARK}} <span class="mark{{#IS_OPEN}} open{{/IS_OPEN}}" id="f-{{MARKED}}">{{TEXT}}</span>{{/MARK}}</p>
{{/HAS_VALUE}}
{{#PORTRAIT}}
<p class="value"><img class="portrait large" src="/pictures/{{NAME}}/256.webp" alt="{{LABEL}}" width="96" height="96"></p>
{{/PORTRAIT}}
{{#IS_EMPTY}}
<p class="value empty">{{_("Not set")}}</p>
{{/IS_EMPTY}}
{{#TYPED}}
<p class="stored">{{_("You typed:")}} <bdi>{{TEXT:p}}</bdi></p>
{{/TYPED}}
{{#PROBLEM}}
<p class="problem">{{TEXT}}</p>
{{/PROBLEM}}
{{#IS_GROUPED}}
<img class="locked-mark" src="{{static "lock.svg"}}" alt="{{_("Locked")}}" width="16" height="16">
{{/IS_GROUPED}}
{{#IS_ALONE}}
<p class="lock" id="{{WHY}}"><img src="{{static "lock.svg"}}" alt="{{_("Locked:")}}" width="16" height="16"> <span>{{REASON}}</span></p>
{{/IS_ALONE}}
{{#CHANGE}}
<p class="help"><span id="{{WHY}}">{{REASON}}</span> <a href="{{PATH}}">{{_("Change")}} <span class="unseen">{{LABEL}}</span></a></p>
{{/CHANGE}}
{{#BOUNCING}}
<p class="problem">{{_("Mail to this address comes back. Check it, or change it.")}}</p>
{{/BOUNCING}}
{{#PENDING}}
<div class="stored"><p>{{_("Waiting to be confirmed")}}: <bdi dir="ltr">{{PENDING_VALUE}}</bdi>, {{PENDING_SINCE}}</p><p class="act"><button class="quiet" type="submit" form="{{CANCEL}}">{{_("Cancel this change")}}</button></p></div>
{{/PENDING}}
{{#PENDING_BOUNCING}}
<p class="problem">{{_("Mail to the new address comes back. Check it, then ask for it anew.")}}</p>
{{/PENDING_BOUNCING}}
{{#ASK}}
<p class="help"><a href="/profile/requests?field={{ASKED:u}}">{{_("Ask for a change")}}<span class="unseen">: {{LABEL}}</span></a></p>
{{/ASK}}
{{#ASKED_FOR}}
<p class="stored">{{_("You asked for a change:")}}{{#HAS_WISH}} <bdi dir="{{DIRECTION_OF_VALUE}}">{{WISH:p}}</bdi>{{/HAS_WISH}}{{#EMPTY_WISH}} {{_("Not set")}}{{/EMPTY_WISH}}, {{SINCE}}. <a href="/profile/requests">{{_("Your requests")}}<span class="unseen">: {{LABEL}}</span></a></p>
{{/ASKED_FOR}}
</div>
{{/LOCKED}}
{{#EDITABLE}}
{{#LABELLED}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="{{ID}}">{{LABEL}}{{#IS_REQUIRED}} <span class="remark">{{_("(required)")}}</span>{{/IS_REQUIRED}}{{#IS_SAVED}} <span class="saved">{{_("Saved")}}</span>{{/IS_SAVED}}</label>
{{#HELP}}
<p class="help" id="{{ID}}-help">{{TEXT}}</p>
{{/HELP}}
{{#ONCE}}
<p class="help" id="{{ID}}-once">{{TEXT}}</p>
{{/ONCE}}
{{#PROBLEM}}
<p class="problem" id="{{ID}}-problem">{{TEXT}}</p>
{{/PROBLEM}}
{{#INPUT}}
<input id="{{ID}}" name="{{NAME}}" type="{{TYPE}}" value="{{VALUE}}" dir="{{DIRECTION_OF_VALUE}}" inputmode="{{MODE}}" autocomplete="{{AUTOCOMPLETE}}" spellcheck="false"{{#IS_CODE}} autocapitalize="none"{{/IS_CODE}}{{#IS_TIMEZONE}} data-zones="yes"{{/IS_TIMEZONE}}{{#DESCRIBED}} aria-describedby="{{NOTES}}"{{/DESCRIBED}}{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
{{/INPUT}}
{{#TEXTAREA}}
<textarea id="{{ID}}" name="{{NAME}}" rows="4" dir="auto" autocomplete="{{AUTOCOMPLETE}}"{{#DESCRIBED}} aria-describedby="{{NOTES}}"{{/DESCRIBED}}{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
{{VALUE:p}}</textarea>
{{/TEXTAREA}}
{{#SELECT}}
<select id="{{ID}}" name="{{NAME}}" autocomplete="{{AUTOCOMPLETE}}"{{#DESCRIBED}} aria-describedby="{{NOTES}}"{{/DESCRIBED}}{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
<option value="">{{_("Not set")}}</option>
{{#OPTION}}
<option value="{{OPTION_VALUE}}"{{#IS_SELECTED}} selected{{/IS_SELECTED}}>{{OPTION_LABEL}}</option>
{{/OPTION}}
</select>
{{/SELECT}}
{{#STORED}}
<p class="stored">{{_("Stored now:")}}{{#HAS_STORED}} <bdi dir="{{DIRECTION_OF_VALUE}}">{{TEXT:p}}</bdi>{{/HAS_STORED}}{{#NOTHING_STORED}} {{_("Not set")}}{{/NOTHING_STORED}}</p>
{{/STORED}}
</div>
{{/LABELLED}}
{{#GROUPED}}
<fieldset class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}" id="{{ID}}" tabindex="-1"{{#DESCRIBED}} aria-describedby="{{NOTES}}"{{/DESCRIBED}}>
<legend>{{LABEL}}{{#IS_REQUIRED}} <span class="remark">{{_("(required)")}}</span>{{/IS_REQUIRED}}{{#IS_SAVED}} <span class="saved">{{_("Saved")}}</span>{{/IS_SAVED}}</legend>
{{#HELP}}
<p class="help" id="{{ID}}-help">{{TEXT}}</p>
{{/HELP}}
{{#ONCE}}
<p class="help" id="{{ID}}-once">{{TEXT}}</p>
{{/ONCE}}
{{#PROBLEM}}
<p class="problem" id="{{ID}}-problem">{{TEXT}}</p>
{{/PROBLEM}}
{{#RADIOS}}
<div class="picks row">
{{#OPTION}}
<label class="pick"><input type="radio" name="{{NAME}}" value="{{OPTION_VALUE}}"{{#IS_SELECTED}} checked{{/IS_SELECTED}}><span>{{OPTION_LABEL}}</span></label>
{{/OPTION}}
<label class="pick"><input type="radio" name="{{NAME}}" value=""{{#IS_NOT_SET}} checked{{/IS_NOT_SET}}><span>{{_("Not set")}}</span></label>
</div>
{{/RADIOS}}
{{#CHECKS}}
<input type="hidden" name="{{NAME}}" value="">
<div class="picks">
{{#OPTION}}
<label class="pick"><input type="checkbox" name="{{NAME}}" value="{{OPTION_VALUE}}"{{#IS_SELECTED}} checked{{/IS_SELECTED}}><span>{{OPTION_LABEL}}</span></label>
{{/OPTION}}
</div>
{{/CHECKS}}
{{#STORED}}
<p class="stored">{{_("Stored now:")}}{{#HAS_STORED}} <bdi>{{TEXT:p}}</bdi>{{/HAS_STORED}}{{#NOTHING_STORED}} {{_("Not set")}}{{/NOTHING_STORED}}</p>
{{/STORED}}
</fieldset>
{{/GROUPED}}
{{/EDITABLE}}
