{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Invitations")}}</h1>
<p class="lead">{{_("Who is invited gets a mail with a link. They join when they accept. Until then you can take it back: its link is dead at once, and \"Send again\" sends a new one.")}}</p>
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Nothing was sent yet")}}</h2>
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
<div class="field{{#IS_LIST_WRONG}} wrong{{/IS_LIST_WRONG}}">
<label for="f-emails">{{_("E-mail addresses")}}</label>
<p class="help" id="emails-help">{{_("One a line, at most 100. A table works as well: its first line names the columns, one of them \"email\".")}}</p>
<textarea id="f-emails" name="emails" rows="4" dir="ltr" autocapitalize="none" autocomplete="off" spellcheck="false" aria-describedby="{{#IS_LIST_WRONG}}errors {{/IS_LIST_WRONG}}emails-help"{{#IS_LIST_WRONG}} aria-invalid="true"{{/IS_LIST_WRONG}} required>
{{EMAILS:p}}</textarea>
<details>
<summary>{{_("Columns that a table may have")}}</summary>
<ul class="touched">
{{#COLUMN}}
<li><code dir="ltr">{{NAME}}</code> <bdi>{{LABEL}}</bdi></li>
{{/COLUMN}}
</ul>
</details>
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
<form method="get" action="{{LIST_PATH}}" role="search">
<div class="field">
<label for="q">{{_("Find an invitation")}}</label>
<p class="help" id="q-help">{{_("The e-mail address, or how it begins.")}}</p>
<input id="q" name="q" type="search" value="{{Q}}" dir="ltr" maxlength="254" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="q-help">
</div>
<p class="save"><button class="quiet" type="submit">{{_("Search")}}</button></p>
</form>
<nav class="hints" aria-label="{{_("Show only")}}">
{{#FILTER}}
<a href="{{PATH}}"{{#IS_HERE}} aria-current="true"{{/IS_HERE}}>{{LABEL}}</a>
{{/FILTER}}
</nav>
{{#NOTHING}}
<p>{{_("Nobody stands here yet. Whom you invite above appears here, with what they answer.")}}</p>
{{/NOTHING}}
{{#NOT_FOUND}}
<p>{{_("Nobody was invited under an address that begins so.")}}</p>
{{/NOT_FOUND}}
{{#IS_MORE}}
<p>{{_("There are more. Type more of the address.")}}</p>
{{/IS_MORE}}
{{#INVITATIONS}}
<ul class="events">
{{#INVITATION}}
<li class="event with-act">
<div>
<p class="happened"><bdi dir="ltr">{{EMAIL}}</bdi> <span class="mark{{#IS_OPEN}} open{{/IS_OPEN}}">{{STATE}}</span>{{#IS_BOUNCING}} <span class="mark open">{{_("The mail came back")}}</span>{{/IS_BOUNCING}}</p>
<ul class="facts">
<li><bdi>{{ROLES}}</bdi></li>
<li>{{BY}}</li>
<li>{{SENT}}</li>
{{#IS_ORPHANED}}
<li>{{_("Who sent it may not invite any more, so its link does not work. Send it again in your name.")}}</li>
{{/IS_ORPHANED}}
{{#UNTIL}}
<li>{{DATE}}</li>
{{/UNTIL}}
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
