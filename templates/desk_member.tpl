{{%AUTOESCAPE context="HTML"}}
<p class="hints"><a href="{{MEMBERS_PATH}}">{{_("All members")}}</a>{{#ACTIVITY}} <a href="{{PATH}}">{{_("What was done with this member")}}</a>{{/ACTIVITY}}</p>
<div class="who">
{{#PORTRAIT}}
<img class="portrait big" src="/pictures/{{NAME}}/256.webp" alt="" width="64" height="64">
{{/PORTRAIT}}
{{#INITIALS}}
<span class="portrait big" aria-hidden="true">{{LETTERS}}</span>
{{/INITIALS}}
<h1><bdi>{{MEMBER_NAME}}</bdi></h1>
</div>
<dl class="glance">
<div><dt>{{_("State")}}</dt><dd><span class="mark{{#IS_HELD}} open{{/IS_HELD}}">{{STATE}}</span>{{#SINCE}} {{WHEN}}. {{WHO}}.{{#WHY}} {{_("Reason:")}} <bdi>{{REASON}}</bdi>{{/WHY}}{{/SINCE}}</dd></div>
{{#PAUSED}}
<div><dt>{{_("Sign-in")}}</dt><dd><span class="mark open">{{TEXT}}</span> {{_("After too many wrong passwords.")}}</dd></div>
{{/PAUSED}}
{{#ADDRESS}}
<div><dt>{{_("E-mail address")}}</dt><dd>{{#HAS_VALUE}}<bdi dir="ltr">{{VALUE}}</bdi>{{/HAS_VALUE}}{{#IS_EMPTY}}{{_("Not set")}}{{/IS_EMPTY}}{{#MARK}} <span class="mark{{#IS_OPEN}} open{{/IS_OPEN}}">{{TEXT}}</span>{{/MARK}}</dd></div>
{{/ADDRESS}}
{{#SIGN_IN}}
<div><dt>{{_("Last sign-in")}}</dt><dd>{{WHEN}}</dd></div>
{{/SIGN_IN}}
{{#SESSIONS}}
<div><dt>{{_("Open sessions")}}</dt><dd>{{COUNT}}</dd></div>
{{/SESSIONS}}
<div><dt>{{_("Roles")}}</dt><dd>{{#HAS_ROLES}}{{ROLE_NAMES}}{{/HAS_ROLES}}{{#HAS_NO_ROLES}}{{_("No roles")}}{{/HAS_NO_ROLES}}</dd></div>
<div><dt>{{_("Home organization")}}</dt><dd><bdi>{{HOME_NAME}}</bdi></dd></div>
<div><dt>{{_("Member since")}}</dt><dd>{{JOINED}}</dd></div>
</dl>
{{#GUEST}}
<p class="lead">{{_("This person's account belongs to another organization, or to nobody's: you see it here, and manage only the membership in yours.")}}</p>
{{/GUEST}}
{{#SELF}}
<p class="lead">{{_("This is you, as this help desk sees you.")}} <a href="/profile">{{_("Your own profile")}}</a></p>
{{/SELF}}
{{#MAY_MORE}}
<p class="lead">{{_("This member may do more here than you, so only an administrator changes anything about them.")}}</p>
{{/MAY_MORE}}
{{#NOT_UNBLOCKED}}
<p class="lead">{{TEXT}}</p>
{{/NOT_UNBLOCKED}}
{{#NOT_CONFIRMED}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Nothing was done yet")}}</h2>
<ul>
<li><a href="#confirm-delete">{{_("Confirmation: type what stands above the field.")}}</a></li>
</ul>
</div>
{{/NOT_CONFIRMED}}
{{#NO_REASON}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Nothing was done yet")}}</h2>
<ul>
<li><a href="#reason-{{FORM_NAME}}">{{_("Reason: say why, in up to 200 characters.")}}</a></li>
</ul>
</div>
{{/NO_REASON}}
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
{{#IS_STALE}}
<h2>{{_("This profile was changed elsewhere")}}</h2>
<p>{{_("Somebody saved it after you opened this page, so nothing was saved now. What you typed is still here. Where it differs, you see what is stored. Save again to keep yours.")}}</p>
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
{{#HELP}}
<section class="card acts" aria-labelledby="help-heading">
<h2 id="help-heading">{{_("What you can do")}}</h2>
{{>ACT}}
{{#ROLES}}
<details id="roles"{{#IS_OPEN}} open{{/IS_OPEN}}>
<summary>{{_("Change the roles")}}</summary>
<p>{{_("The member has exactly the roles that are ticked, from their next click on. You can give and take only what you may do yourself.")}}</p>
<form method="post" action="{{ROLES_PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<fieldset class="field">
<legend>{{_("Roles")}}</legend>
<div class="picks">
{{#ROLE}}
<label class="pick"><input type="checkbox" name="roles" value="{{ROLE_VALUE}}"{{#IS_TICKED}} checked{{/IS_TICKED}}><span><bdi>{{ROLE_NAME}}</bdi></span></label>
{{/ROLE}}
</div>
</fieldset>
<div class="field{{#REASON_MISSING}} wrong{{/REASON_MISSING}}">
<label for="reason-roles">{{_("Reason")}} <span class="remark">{{_("(required)")}}</span></label>
{{#REASON_MISSING}}
<p class="problem" id="reason-roles-problem">{{_("Say why, in up to 200 characters. Nothing was saved yet.")}}</p>
{{/REASON_MISSING}}
<input id="reason-roles" name="reason" value="{{REASON}}" dir="auto" autocomplete="off" maxlength="200"{{#REASON_MISSING}} aria-describedby="reason-roles-problem" aria-invalid="true"{{/REASON_MISSING}}>
</div>
<p class="save"><button type="submit">{{_("Save roles")}}</button></p>
</form>
</details>
{{/ROLES}}
{{#TO_GRAVE}}
<p class="hints"><a href="#grave-heading">{{_("Keep this person out")}}</a></p>
{{/TO_GRAVE}}
</section>
{{/HELP}}
<form class="profile" method="post" action="{{MEMBER_PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="version" value="{{VERSION}}">
{{#SECTION}}
<section class="card" aria-labelledby="{{SECTION_NAME}}">
<h2 id="{{SECTION_NAME}}">{{SECTION_TITLE}}</h2>
{{>FIELD}}
</section>
{{/SECTION}}
{{#SAVE}}
<section class="card" aria-labelledby="save-heading">
<h2 id="save-heading">{{_("Save this profile")}}</h2>
<div class="field{{#REASON_MISSING}} wrong{{/REASON_MISSING}}">
<label for="reason-save">{{_("Reason")}} <span class="remark">{{_("(required)")}}</span></label>
<p class="help" id="reason-save-help">{{_("It stands in the activity of this organization, and the person reads it in theirs.")}}</p>
{{#REASON_MISSING}}
<p class="problem" id="reason-save-problem">{{_("Say why, in up to 200 characters. Nothing was saved yet.")}}</p>
{{/REASON_MISSING}}
<input id="reason-save" name="reason" value="{{REASON}}" dir="auto" autocomplete="off" maxlength="200" aria-describedby="reason-save-help{{#REASON_MISSING}} reason-save-problem{{/REASON_MISSING}}"{{#REASON_MISSING}} aria-invalid="true"{{/REASON_MISSING}}>
</div>
<p class="save"><button type="submit">{{_("Save changes")}}</button></p>
</section>
{{/SAVE}}
</form>
{{#GRAVE}}
<section class="card acts" aria-labelledby="grave-heading">
<h2 id="grave-heading">{{_("Keep this person out")}}</h2>
{{>ACT}}
</section>
{{/GRAVE}}
