{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Your profile")}}</h1>
<p class="lead">{{_("This is what is kept about you. You can change everything that is in a box; beside the rest stands who manages it.")}}</p>
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
{{#IS_STALE}}
<h2>{{_("Your profile was changed elsewhere")}}</h2>
<p>{{_("It was saved from another tab or by somebody else after you opened this page, so nothing was saved now. What you typed is still here. Where it differs, you see what is stored. Save again to keep yours.")}}</p>
{{/IS_STALE}}
{{#IS_REFUSED}}
<h2>{{_("Nothing was saved yet")}}</h2>
<ul>
{{#ITEMS}}
{{#ITEM}}
{{#LINKED}}
<li><a href="#f-{{NAME}}">{{LABEL}}: {{TEXT}}</a></li>
{{/LINKED}}
{{#NOT_LINKED}}
<li><bdi>{{LABEL}}</bdi>: {{TEXT}}</li>
{{/NOT_LINKED}}
{{/ITEM}}
{{/ITEMS}}
</ul>
{{/IS_REFUSED}}
</div>
{{/PROBLEMS}}
<form class="profile" method="post" action="/profile" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="version" value="{{VERSION}}">
{{#SECTION}}
<section class="card" aria-labelledby="{{SECTION_NAME}}">
<h2 id="{{SECTION_NAME}}">{{SECTION_TITLE}}</h2>
{{#FIELD}}
{{#LOCKED}}
{{#IS_FIRST}}
<p class="lock shared" id="{{WHY}}"><img src="{{static "lock.svg"}}" alt="{{_("Locked:")}}" width="16" height="16"> <span>{{REASON}}</span></p>
{{/IS_FIRST}}
<div class="field locked{{#IS_GROUPED}} fact{{/IS_GROUPED}}" id="{{ID}}" role="group" aria-labelledby="{{ID}}-label" aria-describedby="{{WHY}}" tabindex="-1">
<p class="label" id="{{ID}}-label">{{LABEL}}</p>
{{#HAS_VALUE}}
<p class="value"><bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE:p}}</bdi>{{#MARK}} <span class="mark{{#IS_OPEN}} open{{/IS_OPEN}}" id="f-{{MARKED}}">{{TEXT}}</span>{{/MARK}}</p>
{{/HAS_VALUE}}
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
</div>
{{/LOCKED}}
{{#EDITABLE}}
{{#LABELLED}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="{{ID}}">{{LABEL}}{{#IS_REQUIRED}} <span class="remark">{{_("(required)")}}</span>{{/IS_REQUIRED}}{{#IS_SAVED}} <span class="saved">{{_("Saved")}}</span>{{/IS_SAVED}}</label>
{{#HELP}}
<p class="help" id="{{ID}}-help">{{TEXT}}</p>
{{/HELP}}
{{#IS_ONCE}}
<p class="help" id="{{ID}}-once">{{_("You can fill this in once. After that it stays.")}}</p>
{{/IS_ONCE}}
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
{{#IS_ONCE}}
<p class="help" id="{{ID}}-once">{{_("You can fill this in once. After that it stays.")}}</p>
{{/IS_ONCE}}
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
{{/FIELD}}
{{#HAS_SAVE}}
<p class="save"><button type="submit" name="section" value="{{SECTION_NAME}}">{{_("Save changes")}}</button></p>
{{/HAS_SAVE}}
</section>
{{/SECTION}}
</form>
