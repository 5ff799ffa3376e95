{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Roles")}}</h1>
<p class="lead">{{_("A role says what a member may do behind this help desk. Members without one only have their own profile.")}}</p>
<section class="card" aria-labelledby="shared">
<h2 id="shared">{{_("For every organization")}}</h2>
<ul class="events">
{{#SHARED}}
<li class="event">
<p class="happened"><bdi>{{ROLE_NAME}}</bdi></p>
<ul class="touched">
{{#ALLOWED}}
<li>{{WORDS}}</li>
{{/ALLOWED}}
</ul>
</li>
{{/SHARED}}
</ul>
</section>
<section class="card acts" aria-labelledby="own">
<h2 id="own">{{_("Your organization's own")}}</h2>
{{#NO_OWN}}
<p>{{_("No roles of its own yet.")}}</p>
{{/NO_OWN}}
<ul class="events">
{{#OWN}}
<li class="event" id="role-{{ROLE_NAME}}">
<p class="happened"><bdi>{{ROLE_NAME}}</bdi></p>
<ul class="touched">
{{#ALLOWED}}
<li>{{WORDS}}</li>
{{/ALLOWED}}
</ul>
<ul class="facts"><li>{{MEMBERS}}</li></ul>
{{#CHANGE}}
<details{{#IS_OPEN}} open{{/IS_OPEN}}>
<summary>{{_("Change what {ROLE_NAME} allows")}}</summary>
<p>{{_("It changes at once for all who have the role.")}}</p>
<form method="post" action="{{CHANGE_PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#PROBLEM}}
<p class="problem" role="alert">{{TEXT}}</p>
{{/PROBLEM}}
<fieldset class="field">
<legend>{{_("It allows to")}}</legend>
<p class="help">{{_("Whoever may do something for members may also see them: that box is ticked by itself.")}}</p>
<div class="picks">
{{#BOX}}
<label class="pick"><input type="checkbox" name="permissions" value="{{PERMISSION}}"{{#IS_TICKED}} checked{{/IS_TICKED}}><span>{{WORDS}}</span></label>
{{/BOX}}
</div>
</fieldset>
<div class="field">
<label for="change-{{ROLE_NAME}}">{{_("Reason")}} <span class="remark">{{_("(required)")}}</span></label>
<input id="change-{{ROLE_NAME}}" name="reason" value="{{REASON}}" dir="auto" autocomplete="off" maxlength="200">
</div>
<p class="save"><button type="submit">{{_("Save role")}}</button></p>
</form>
</details>
{{/CHANGE}}
{{#DROP}}
<details{{#IS_OPEN}} open{{/IS_OPEN}}>
<summary>{{_("Delete {ROLE_NAME}")}}</summary>
<p>{{_("Only a role that no member has is deleted. You can make one of the same name again.")}}</p>
<form method="post" action="{{DROP_PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#PROBLEM}}
<p class="problem" role="alert">{{TEXT}}</p>
{{/PROBLEM}}
<div class="field">
<label for="drop-{{ROLE_NAME}}">{{_("Reason")}} <span class="remark">{{_("(required)")}}</span></label>
<input id="drop-{{ROLE_NAME}}" name="reason" value="{{REASON}}" dir="auto" autocomplete="off" maxlength="200">
</div>
<p class="save"><button type="submit">{{_("Delete role")}}</button></p>
</form>
</details>
{{/DROP}}
</li>
{{/OWN}}
</ul>
</section>
{{#NEW}}
<section class="card" aria-labelledby="new">
<h2 id="new">{{_("Make a role")}}</h2>
<form method="post" action="{{NEW_PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#PROBLEM}}
<p class="problem" role="alert">{{TEXT}}</p>
{{/PROBLEM}}
<div class="field">
<label for="role-name">{{_("Name")}} <span class="remark">{{_("(required)")}}</span></label>
<p class="help" id="role-name-help">{{_("Letters a to z, digits, - and _, like front-office.")}}</p>
<input id="role-name" name="name" value="{{NAME_TYPED}}" dir="ltr" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="40" aria-describedby="role-name-help">
</div>
<fieldset class="field">
<legend>{{_("It allows to")}}</legend>
<p class="help">{{_("Whoever may do something for members may also see them: that box is ticked by itself.")}}</p>
<div class="picks">
{{#BOX}}
<label class="pick"><input type="checkbox" name="permissions" value="{{PERMISSION}}"{{#IS_TICKED}} checked{{/IS_TICKED}}><span>{{WORDS}}</span></label>
{{/BOX}}
</div>
</fieldset>
<div class="field">
<label for="new-reason">{{_("Reason")}} <span class="remark">{{_("(required)")}}</span></label>
<input id="new-reason" name="reason" value="{{REASON}}" dir="auto" autocomplete="off" maxlength="200">
</div>
<p class="save"><button type="submit">{{_("Make role")}}</button></p>
</form>
</section>
{{/NEW}}
