{{%AUTOESCAPE context="HTML"}}
<h1>{{_("What happened to your account")}}</h1>
<p class="lead">{{_("The newest stands first. If something here was not you, sign out everywhere else and choose a new password.")}}</p>
<p class="hints"><a href="/sessions">{{_("See where you are signed in")}}</a> <a href="/password">{{_("Change your password")}}</a></p>
<section class="card" aria-label="{{_("What happened to your account")}}">
{{#NOTHING}}
<p>{{_("There is nothing here. Sign-ins, changes and what was refused stand here as soon as they happen.")}}</p>
{{/NOTHING}}
{{#EVENTS}}
<ul class="events">
{{#EVENT}}
<li class="event">
<p class="happened">{{WHAT}}</p>
{{#FIELDS}}
<ul class="touched">
{{#FIELD}}
<li><bdi>{{LABEL}}</bdi>{{#RULE}}: {{REASON}}{{/RULE}}</li>
{{/FIELD}}
</ul>
{{/FIELDS}}
{{#GIVEN}}
<p>{{_("Given:")}} <bdi>{{ROLES}}</bdi></p>
{{/GIVEN}}
{{#TAKEN}}
<p>{{_("Taken away:")}} <bdi>{{ROLES}}</bdi></p>
{{/TAKEN}}
{{#WHY}}
<p>{{_("Reason:")}} <bdi>{{REASON}}</bdi></p>
{{/WHY}}
<ul class="facts">
<li>{{DATE}}</li>
{{#DONE_BY}}
<li>{{WHO}}</li>
{{/DONE_BY}}
{{#PLACED}}
<li>{{_("From the address")}} <bdi dir="ltr">{{ADDRESS}}</bdi></li>
{{/PLACED}}
</ul>
</li>
{{/EVENT}}
</ul>
{{/EVENTS}}
</section>
{{#WAYS}}
<nav class="ways" aria-label="{{_("Pages")}}">
{{#NEWEST}}
<a href="/activity">{{_("Back to the newest")}}</a>
{{/NEWEST}}
{{#OLDER}}
<a href="{{PATH}}">{{_("Older")}}</a>
{{/OLDER}}
</nav>
{{/WAYS}}
