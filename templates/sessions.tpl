{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Where you are signed in")}}</h1>
<p class="lead">{{_("Every browser that can use your account at the moment. Sign out where you are done, and where you do not know it; then choose a new password as well.")}}</p>
<p class="hints"><a href="/password">{{_("Change your password")}}</a> <a href="/activity">{{_("See what happened to your account")}}</a></p>
<section class="card" aria-labelledby="this-one">
<h2 id="this-one">{{_("Here, on this device")}}</h2>
{{#THIS_ONE}}
<p class="happened">{{DEVICE}}</p>
<ul class="facts">
<li>{{BEGUN}}</li>
{{#PLACED}}
<li>{{_("From the address")}} <bdi dir="ltr">{{ADDRESS}}</bdi></li>
{{/PLACED}}
</ul>
{{/THIS_ONE}}
</section>
<section class="card" aria-labelledby="others">
<h2 id="others">{{_("Elsewhere")}}</h2>
{{#ALONE}}
<p>{{_("You are signed in nowhere else. Other browsers and devices stand here as soon as you sign in on them.")}}</p>
{{/ALONE}}
{{#OTHERS}}
<ul class="events">
{{#OTHER}}
<li class="event with-act">
<div>
<p class="happened">{{DEVICE}}</p>
<ul class="facts">
<li>{{BEGUN}}</li>
<li>{{USED}}</li>
{{#PLACED}}
<li>{{_("From the address")}} <bdi dir="ltr">{{ADDRESS}}</bdi></li>
{{/PLACED}}
</ul>
</div>
<form method="post" action="/sessions/{{ID}}/end">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="quiet" type="submit">{{_("Sign out there")}}<span class="unseen">: {{DEVICE}}</span></button>
</form>
</li>
{{/OTHER}}
</ul>
{{/OTHERS}}
</section>
{{#OTHERS}}
<section class="card" aria-labelledby="all-others">
<h2 id="all-others">{{_("Everywhere else at once")}}</h2>
<p>{{_("You stay signed in here. Everywhere else the password is asked for again.")}}</p>
<form class="save" method="post" action="/sessions/end-others">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button type="submit">{{_("Sign out everywhere else")}}</button>
</form>
</section>
{{/OTHERS}}
