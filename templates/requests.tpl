{{%AUTOESCAPE context="HTML"}}
{{#IS_ASKING}}
<h1>{{_("Ask for a change")}}</h1>
<p class="lead">{{_("This field is not yours to change, but your help desk can change it for you.")}}</p>
{{/IS_ASKING}}
{{#IS_LIST}}
<h1>{{_("Your requests")}}</h1>
<p class="lead">{{_("What you asked your help desk to change, and what became of it.")}}</p>
{{/IS_LIST}}
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
{{#LINKED}}
<p><a href="#{{TARGET}}">{{TEXT}}</a></p>
{{/LINKED}}
{{#NOT_LINKED}}
<p>{{TEXT}}</p>
{{/NOT_LINKED}}
</div>
{{/PROBLEM}}
{{#ASK}}
<section class="card" aria-labelledby="ask">
<h2 id="ask">{{LABEL}}</h2>
<div class="field locked">
<p class="label">{{_("Stored now:")}}</p>
{{#HAS_VALUE}}
<p class="value"><bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE:p}}</bdi></p>
{{/HAS_VALUE}}
{{#IS_EMPTY}}
<p class="value empty">{{_("Not set")}}</p>
{{/IS_EMPTY}}
</div>
<form method="post" action="/profile/requests" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="field" value="{{FIELD_NAME}}">
<p class="help">{{_("Enter below what it should become.")}}</p>
{{>FIELD}}
<div class="field{{#IS_NOTE_WRONG}} wrong{{/IS_NOTE_WRONG}}">
<label for="note">{{_("A word to the help desk")}}</label>
<p class="help" id="note-help">{{_("Why it should change, if that helps them decide. Up to 500 characters.")}}</p>
{{#NOTE_PROBLEM}}
<p class="problem" id="note-problem">{{TEXT}}</p>
{{/NOTE_PROBLEM}}
<textarea id="note" name="note" rows="3" dir="auto" autocomplete="off" aria-describedby="note-help{{#IS_NOTE_WRONG}} note-problem{{/IS_NOTE_WRONG}}"{{#IS_NOTE_WRONG}} aria-invalid="true"{{/IS_NOTE_WRONG}}>
{{NOTE:p}}</textarea>
</div>
<p class="help">{{WHO}}</p>
<p class="save"><button type="submit">{{_("Send request")}}</button></p>
</form>
<p class="hints"><a href="/profile">{{_("Back to your profile")}}</a></p>
</section>
{{/ASK}}
{{#IS_LIST}}
{{#NOTHING}}
<section class="card">
<p>{{_("You have not asked for anything yet. Beside a locked field of your profile stands a link to ask for a change, where a help desk can make it.")}}</p>
<p class="hints"><a href="/profile">{{_("Back to your profile")}}</a></p>
</section>
{{/NOTHING}}
{{/IS_LIST}}
{{#REQUESTS}}
<section class="card" aria-labelledby="asked">
<h2 id="asked">{{_("What you asked for")}}</h2>
<ul class="events">
{{#REQUEST}}
<li class="event with-act">
<div>
<p class="happened">{{LABEL}} <span class="mark{{#IS_OPEN}} open{{/IS_OPEN}}">{{STATE}}</span></p>
<ul class="touched">
{{#BEFORE}}
<li>{{_("Was:")}}{{#HAS_VALUE}} <bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE}}</bdi>{{/HAS_VALUE}}{{#IS_EMPTY}} {{_("Not set")}}{{/IS_EMPTY}}</li>
{{/BEFORE}}
{{#WISHED}}
<li>{{_("Wished:")}}{{#HAS_VALUE}} <bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE}}</bdi>{{/HAS_VALUE}}{{#IS_EMPTY}} {{_("Not set")}}{{/IS_EMPTY}}</li>
{{/WISHED}}
{{#NOTE}}
<li>{{_("Your word:")}} <bdi>{{TEXT}}</bdi></li>
{{/NOTE}}
{{#ANSWER}}
<li>{{_("The answer:")}} <bdi>{{TEXT}}</bdi></li>
{{/ANSWER}}
</ul>
<p class="facts">{{DATE}}</p>
</div>
{{#WITHDRAW}}
<form method="post" action="/profile/requests/{{ID}}/withdraw">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="quiet" type="submit">{{_("Withdraw")}}<span class="unseen">: {{LABEL}}</span></button>
</form>
{{/WITHDRAW}}
</li>
{{/REQUEST}}
</ul>
</section>
{{/REQUESTS}}
