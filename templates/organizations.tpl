{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Your organizations")}}</h1>
<p class="lead">{{_("Where you belong, and what you may do there.")}}</p>
{{#NONE}}
<section class="card task">
<p>{{_("You belong to no organization. When one invites you, a mail with a link comes, and after you accept it stands here. Some take in whoever signs in.")}}</p>
</section>
{{/NONE}}
{{#ORGANIZATION}}
<section class="card about" aria-labelledby="o-{{ID}}">
<h2 id="o-{{ID}}"><bdi>{{NAME}}</bdi>{{#IS_HOME}} <span class="mark">{{_("Home")}}</span>{{/IS_HOME}}{{#SUSPENDED}} <span class="mark open">{{_("Suspended")}}</span>{{/SUSPENDED}}</h2>
<p class="facts">{{JOINED}}</p>
{{#SUSPENDED}}
<p class="stored">{{TEXT}}</p>
{{/SUSPENDED}}
{{#IS_HOME}}
<p class="help">{{_("Your home: its help desk sees your profile and changes it as far as the rules allow, sends you links, signs you out, and can block and delete your account. Other organizations cannot.")}}</p>
{{/IS_HOME}}
{{#IS_GUEST}}
<p class="help">{{_("You are a guest here: its help desk sees your profile as far as the rules allow, and can suspend or end your membership. It changes nothing in your account.")}}</p>
{{/IS_GUEST}}
{{#NO_ROLE}}
<p>{{_("You are a member without a role.")}}</p>
{{/NO_ROLE}}
{{#ROLES}}
<p>{{_("Your roles here:")}}</p>
<ul class="touched">
{{#ROLE}}
<li><bdi>{{NAME}}</bdi></li>
{{/ROLE}}
</ul>
{{/ROLES}}
{{#TASKS}}
<p>{{_("With them you may:")}}</p>
<ul class="touched">
{{#TASK}}
<li>{{TEXT}}</li>
{{/TASK}}
</ul>
{{/TASKS}}
{{#IS_WORN}}
<p class="help">{{_("Your pages wear the look of this organization in this browser.")}}</p>
{{/IS_WORN}}
<div class="acts">
{{#DESK}}
<a class="button" href="/o/{{ID}}/desk/">{{_("Go to the help desk")}}<span class="unseen">: {{NAME}}</span></a>
{{/DESK}}
{{#CAN_WEAR}}
<form method="post" action="/organizations/{{ID}}/look">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="wear" value="yes">
<button class="quiet" type="submit">{{_("Show my pages in this look")}}<span class="unseen">: {{NAME}}</span></button>
</form>
{{/CAN_WEAR}}
{{#IS_WORN}}
<form method="post" action="/organizations/{{ID}}/look">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="wear" value="no">
<button class="quiet" type="submit">{{_("Go back to the portal's own look")}}</button>
</form>
{{/IS_WORN}}
</div>
{{#LEAVING}}
<details class="asks">
<summary>{{_("Leave this organization")}}<span class="unseen">: {{NAME}}</span></summary>
{{#FOR_GOOD}}
<p>{{_("You lose your roles here at once, and its help desk no longer sees you. Your account and your profile stay. You come back only when somebody there invites you again.")}}</p>
{{/FOR_GOOD}}
{{#RETURNS}}
<p>{{TEXT}}</p>
{{/RETURNS}}
<form method="post" action="/organizations/{{ID}}/leave">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button type="submit">{{_("Leave now")}}<span class="unseen">: {{NAME}}</span></button>
</form>
</details>
{{/LEAVING}}
{{#STAYING}}
<details class="asks">
<summary>{{_("Leave this organization")}}<span class="unseen">: {{NAME}}</span></summary>
<p>{{_("You are the last administrator here, and without you nobody could look after this organization. Make another member administrator first, then you can leave.")}}</p>
<p><a class="button quiet" href="/o/{{ID}}/desk/members">{{_("Choose another administrator")}}<span class="unseen">: {{NAME}}</span></a></p>
</details>
{{/STAYING}}
</section>
{{/ORGANIZATION}}
