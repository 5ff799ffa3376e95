{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Requests")}}</h1>
<p class="lead">{{_("What members ask you to change because it is locked for them. What you approve is saved at once, in your name.")}}</p>
{{#TROUBLE}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p><a href="#note-{{ID}}">{{TEXT}}</a></p>
</div>
{{/TROUBLE}}
<nav class="hints" aria-label="{{_("Show only")}}">
<a href="{{WAITING_PATH}}"{{#IS_WAITING}} aria-current="true"{{/IS_WAITING}}>{{_("Waiting")}}</a>
<a href="{{ANSWERED_PATH}}"{{#IS_ANSWERED}} aria-current="true"{{/IS_ANSWERED}}>{{_("Answered")}}</a>
</nav>
{{#NONE_WAITING}}
<section class="card task">
<p>{{_("Nobody waits for an answer. When a member asks for a change of a locked field, it stands here.")}}</p>
</section>
{{/NONE_WAITING}}
{{#NONE_ANSWERED}}
<section class="card task">
<p>{{_("Nothing was answered yet. What you approve or decline stands here afterwards.")}}</p>
</section>
{{/NONE_ANSWERED}}
{{#REQUESTS}}
{{#REQUEST}}
<section class="card task request">
<h2><a href="{{PERSON_PATH}}"><bdi>{{PERSON_NAME}}</bdi></a></h2>
<p class="happened">{{LABEL}} <span class="mark{{#IS_OPEN}} open{{/IS_OPEN}}">{{STATE}}</span></p>
<ul class="touched">
{{#BEFORE}}
<li>{{_("Was:")}}{{#HAS_VALUE}} <bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE}}</bdi>{{/HAS_VALUE}}{{#IS_EMPTY}} {{_("Not set")}}{{/IS_EMPTY}}</li>
{{/BEFORE}}
{{#MEANWHILE}}
<li>{{_("Changed meanwhile to:")}}{{#HAS_VALUE}} <bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE}}</bdi>{{/HAS_VALUE}}{{#IS_EMPTY}} {{_("Not set")}}{{/IS_EMPTY}}</li>
{{/MEANWHILE}}
{{#WISHED}}
<li>{{_("Wished:")}}{{#HAS_VALUE}} <bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE}}</bdi>{{/HAS_VALUE}}{{#IS_EMPTY}} {{_("Not set")}}{{/IS_EMPTY}}</li>
{{/WISHED}}
{{#NOTE}}
<li>{{_("Their word:")}} <bdi>{{TEXT}}</bdi></li>
{{/NOTE}}
{{#ANSWER}}
<li>{{_("The answer:")}} <bdi>{{TEXT}}</bdi></li>
{{/ANSWER}}
</ul>
<p class="facts">{{DATE}}</p>
{{#SELF}}
<p class="help">{{_("This is your own request: a colleague answers it.")}}</p>
{{/SELF}}
{{#ANSWER_FORM}}
<form method="post" action="{{PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="note-{{ID}}">{{_("Your answer")}} <span class="remark">{{_("(required)")}}</span></label>
<p class="help" id="note-{{ID}}-help">{{_("The person reads it, and it stands in the activity of this organization.")}}</p>
{{#PROBLEM}}
<p class="problem" id="note-{{ID}}-problem">{{TEXT}}</p>
{{/PROBLEM}}
<input id="note-{{ID}}" name="note" value="{{TYPED}}" dir="auto" autocomplete="off" maxlength="200" aria-describedby="note-{{ID}}-help{{#IS_WRONG}} note-{{ID}}-problem{{/IS_WRONG}}"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
</div>
<p class="acts"><button type="submit" name="decision" value="approve">{{_("Approve the change")}}<span class="unseen">: {{PERSON_NAME}}, {{LABEL}}</span></button>
<button class="quiet" type="submit" name="decision" value="decline">{{_("Decline")}}<span class="unseen">: {{PERSON_NAME}}, {{LABEL}}</span></button></p>
</form>
{{/ANSWER_FORM}}
</section>
{{/REQUEST}}
{{/REQUESTS}}
{{#WAYS}}
<nav class="ways" aria-label="{{_("Pages")}}">
{{#FIRST}}
<a href="{{PATH}}">{{_("Back to the first")}}</a>
{{/FIRST}}
{{#NEXT}}
<a href="{{PATH}}">{{_("More")}}</a>
{{/NEXT}}
</nav>
{{/WAYS}}
