{{%AUTOESCAPE context="HTML"}}
<h1>{{_("What was done here")}}</h1>
<p class="lead">{{_("Every act of the help desk, and what members did with their membership. The newest stands first.")}}</p>
<section class="card" aria-labelledby="filter">
<h2 id="filter">{{_("Choose what to see")}}</h2>
<form class="filter" method="get" action="{{HERE}}">
<div class="field">
<label for="f-act">{{_("What was done")}}</label>
<select id="f-act" name="act">
<option value="">{{_("Anything")}}</option>
{{#ACT}}
<option value="{{VALUE}}"{{#IS_CHOSEN}} selected{{/IS_CHOSEN}}>{{LABEL}}</option>
{{/ACT}}
</select>
</div>
<div class="field">
<label for="f-member">{{_("Member")}}</label>
<p class="help" id="help-member">{{_("The beginning of a name or address, or a user_id.")}}</p>
<input id="f-member" name="member" type="text" value="{{MEMBER}}" dir="auto" autocomplete="off" aria-describedby="help-member">
</div>
<div class="field">
<label for="f-by">{{_("Done by")}}</label>
<p class="help" id="help-by">{{_("Somebody of the help desk.")}}</p>
<input id="f-by" name="by" type="text" value="{{BY}}" dir="auto" autocomplete="off" aria-describedby="help-by">
</div>
{{#FROM}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-from">{{_("From")}}</label>
{{#IS_WRONG}}
<p class="problem" id="problem-from">{{TEXT}}</p>
{{/IS_WRONG}}
<input id="f-from" name="from" type="date" value="{{VALUE}}"{{#IS_WRONG}} aria-invalid="true" aria-describedby="problem-from"{{/IS_WRONG}}>
</div>
{{/FROM}}
{{#TO}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-to">{{_("Up to")}}</label>
{{#IS_WRONG}}
<p class="problem" id="problem-to">{{TEXT}}</p>
{{/IS_WRONG}}
<input id="f-to" name="to" type="date" value="{{VALUE}}"{{#IS_WRONG}} aria-invalid="true" aria-describedby="problem-to"{{/IS_WRONG}}>
</div>
{{/TO}}
<p class="save"><button type="submit">{{_("Show")}}</button></p>
</form>
{{#IS_FILTERED}}
<p class="aside"><a href="{{HERE}}">{{_("Show everything")}}</a></p>
{{/IS_FILTERED}}
</section>
{{#UNCLEAR}}
<section class="card" role="status">
{{#NOBODY}}
<p>{{_("Nobody here fits:")}} <bdi>{{TYPED}}</bdi></p>
{{#ANYBODY}}
<p>{{_("Of somebody who is no member any more, give the user_id.")}}</p>
{{/ANYBODY}}
{{#ONLY_IDS}}
<p>{{_("Your roles do not show you the list of members, so give the whole user_id.")}}</p>
{{/ONLY_IDS}}
{{/NOBODY}}
{{#SEVERAL}}
<p>{{_("Several people fit. Choose one:")}} <bdi>{{TYPED}}</bdi></p>
<ul class="touched">
{{#ONE}}
<li><a href="{{PATH}}"><bdi>{{NAME}}</bdi></a>{{#HAS_EMAIL}} <bdi dir="ltr">{{EMAIL}}</bdi>{{/HAS_EMAIL}}</li>
{{/ONE}}
</ul>
{{#MORE}}
<p>{{_("There are more: type more of the name.")}}</p>
{{/MORE}}
{{/SEVERAL}}
</section>
{{/UNCLEAR}}
{{#NOTHING}}
<section class="card">
<p>{{_("Nothing that fits was done here.")}}</p>
</section>
{{/NOTHING}}
{{#EVENTS}}
<section class="card" aria-label="{{_("What was done here")}}">
<ul class="events">
{{#EVENT}}
<li class="event">
<p class="happened">{{WHAT}}</p>
{{#DETAILS}}
<ul class="touched">
{{#DETAIL}}
<li><bdi>{{TEXT}}</bdi></li>
{{/DETAIL}}
</ul>
{{/DETAILS}}
{{#WHY}}
<p>{{_("Reason:")}} <bdi>{{REASON}}</bdi></p>
{{/WHY}}
{{#WHY_NOT}}
<p>{{REASON}}</p>
{{/WHY_NOT}}
<ul class="facts">
<li>{{DATE}}</li>
{{#DONE_BY}}
<li>{{WHO}}</li>
{{/DONE_BY}}
{{#DONE_BY_DESK}}
<li><a href="{{PATH}}">{{WHO}}</a></li>
{{/DONE_BY_DESK}}
{{#ABOUT}}
<li><a href="{{PATH}}">{{_("Only about")}} <bdi>{{NAME}}</bdi></a></li>
{{#MEMBER_PAGE}}
<li><a href="{{PATH}}">{{_("Open the member's page")}}<span class="unseen">: {{NAME}}</span></a></li>
{{/MEMBER_PAGE}}
{{/ABOUT}}
</ul>
</li>
{{/EVENT}}
</ul>
</section>
{{/EVENTS}}
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
{{#TABLE}}
<p class="aside"><a href="{{PATH}}">{{_("Download this list as a table (CSV)")}}</a></p>
{{/TABLE}}
