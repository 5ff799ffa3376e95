{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Invitations")}}</h1>
<p class="lead">{{_("Who is invited gets a mail with a link. They join when they accept; until then you can take it back.")}}</p>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p>{{TEXT}}</p>
</div>
{{/PROBLEM}}
{{#RESULT}}
<section class="card" aria-labelledby="result">
<h2 id="result">{{_("What became of your list")}}</h2>
<ul class="events">
{{#LINE}}
<li class="event">
<p class="happened"><bdi>{{TYPED}}</bdi></p>
<p class="help">{{TEXT}}</p>
</li>
{{/LINE}}
</ul>
</section>
{{/RESULT}}
{{#INVITE}}
<section class="card" aria-labelledby="invite">
<h2 id="invite">{{_("Invite people")}}</h2>
<form method="post" action="{{PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field">
<label for="f-emails">{{_("E-mail addresses")}}</label>
<p class="help" id="emails-help">{{_("One a line, at most 100. A table works as well: name its first column \"email\", others like the fields of a profile.")}}</p>
<textarea id="f-emails" name="emails" rows="4" dir="ltr" autocapitalize="none" autocomplete="off" spellcheck="false" aria-describedby="emails-help" required>
{{EMAILS:p}}</textarea>
</div>
<fieldset class="field">
<legend>{{_("Roles")}}</legend>
<p class="help">{{_("Without any, people join as members.")}}</p>
<div class="picks">
{{#ROLE}}
<label class="pick" for="f-role-{{NUMBER}}"><input id="f-role-{{NUMBER}}" name="roles" type="checkbox" value="{{NAME}}"{{#IS_PICKED}} checked{{/IS_PICKED}}> <span><bdi>{{LABEL}}</bdi> <span class="help">{{RIGHTS}}</span></span></label>
{{/ROLE}}
</div>
</fieldset>
<div class="field">
<label for="f-language">{{_("Language of the mail")}}</label>
<select id="f-language" name="language">
{{#LANGUAGE_CHOICE}}
<option value="{{VALUE}}"{{#IS_PICKED}} selected{{/IS_PICKED}}>{{LABEL}}</option>
{{/LANGUAGE_CHOICE}}
</select>
</div>
<div class="field{{#IS_DAYS_WRONG}} wrong{{/IS_DAYS_WRONG}}">
<label for="f-days">{{_("Days that it works")}}</label>
{{#DAYS_PROBLEM}}
<p class="problem" id="days-problem">{{TEXT}}</p>
{{/DAYS_PROBLEM}}
<input id="f-days" name="days" type="text" inputmode="numeric" value="{{DAYS}}" dir="ltr" autocomplete="off"{{#IS_DAYS_WRONG}} aria-describedby="days-problem" aria-invalid="true"{{/IS_DAYS_WRONG}}>
</div>
{{#VALUES}}
<details class="field"{{#IS_OPEN}} open{{/IS_OPEN}}>
<summary>{{_("Fill in something for them")}}</summary>
<p class="help">{{_("It stands in the form when somebody makes an account through this invitation. They can correct what is theirs to change.")}}</p>
{{#FIRST_VALUE}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-{{NAME}}">{{LABEL}}</label>
{{#PROBLEM}}
<p class="problem" id="f-{{NAME}}-problem">{{TEXT}}</p>
{{/PROBLEM}}
<input id="f-{{NAME}}" name="{{NAME}}" type="text" value="{{VALUE}}" dir="auto" autocomplete="off"{{#IS_WRONG}} aria-describedby="f-{{NAME}}-problem" aria-invalid="true"{{/IS_WRONG}}>
</div>
{{/FIRST_VALUE}}
</details>
{{/VALUES}}
<p class="save"><button type="submit">{{_("Send invitations")}}</button></p>
</form>
</section>
{{/INVITE}}
<section class="card" aria-labelledby="sent">
<h2 id="sent">{{_("Who was invited")}}</h2>
<nav class="hints" aria-label="{{_("Show only")}}">
{{#FILTER}}
<a href="{{PATH}}"{{#IS_HERE}} aria-current="true"{{/IS_HERE}}>{{LABEL}}</a>
{{/FILTER}}
</nav>
{{#NOTHING}}
<p>{{_("Nobody stands here yet. Whom you invite above appears here, with what they answer.")}}</p>
{{/NOTHING}}
{{#INVITATIONS}}
<ul class="events">
{{#INVITATION}}
<li class="event with-act">
<div>
<p class="happened"><bdi dir="ltr">{{EMAIL}}</bdi> <span class="mark open">{{STATE}}</span></p>
<ul class="facts">
<li><bdi>{{ROLES}}</bdi></li>
<li>{{BY}}</li>
<li>{{DATE}}</li>
</ul>
</div>
{{#RESEND}}
<form method="post" action="{{ACT}}">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="quiet" type="submit">{{_("Send again")}}<span class="unseen">: {{EMAIL}}</span></button>
</form>
{{/RESEND}}
{{#REVOKE}}
<form method="post" action="{{ACT}}">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="quiet" type="submit">{{_("Take back")}}<span class="unseen">: {{EMAIL}}</span></button>
</form>
{{/REVOKE}}
</li>
{{/INVITATION}}
</ul>
{{/INVITATIONS}}
{{#WAYS}}
<nav class="ways" aria-label="{{_("Pages")}}">
{{#NEWEST}}
<a href="{{PATH}}">{{_("Back to the newest")}}</a>
{{/NEWEST}}
{{#OLDER}}
<a href="{{PATH}}">{{_("Older")}}</a>
{{/OLDER}}
</nav>
{{/WAYS}}
</section>
