{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Your data")}}</h1>
<p class="lead">{{_("What is held about you here, where it came from, who sees it and how long it stays.")}}</p>
<section class="card" aria-labelledby="short">
<h2 id="short">{{_("In short")}}</h2>
<ul class="touched">
<li>{{COUNTED}} {{_("The table below says who sees them.")}}</li>
<li>{{_("They stay as long as you have this account.")}} {{END}}</li>
<li>{{_("You can take a copy of what you see here along, and have corrected what is wrong.")}}</li>
</ul>
<div class="acts">
<a class="button" href="/privacy/export">{{_("Take your data with you")}}</a>
</div>
<p class="hints"><a href="/profile">{{_("Correct your profile")}}</a> <a href="/profile/requests">{{_("See your requests")}}</a> <a href="/privacy/delete">{{_("Delete your account")}}</a></p>
</section>
<section class="card listed bare" aria-labelledby="seen">
<h2 id="seen">{{_("Who can see it")}}</h2>
<table aria-labelledby="seen">
<thead>
<tr><th scope="col">{{_("What")}}</th><th scope="col">{{_("Where it came from")}}</th><th scope="col">{{_("Who sees it")}}</th></tr>
</thead>
<tbody>
{{#GROUP}}
<tr>
<th scope="row">{{NAMES}}</th>
<td>{{ORIGIN}}</td>
<td>{{SEEN}}</td>
</tr>
{{/GROUP}}
</tbody>
</table>
{{#HIDDEN}}
<p class="help">{{TEXT}}</p>
{{/HIDDEN}}
</section>
{{#CONSENTS}}
<section class="card" aria-labelledby="consents">
<h2 id="consents">{{_("What you agreed to")}}</h2>
<ul class="events">
{{#PURPOSE}}
<li class="event with-act">
<div>
<p class="happened"><bdi lang="{{SPOKEN}}">{{LABEL}}</bdi>{{#IS_NEEDED}} <span class="mark">{{_("Needed")}}</span>{{/IS_NEEDED}}</p>
<p>{{TEXT}} <a href="{{PATH}}">{{_("Read the text")}}<span class="unseen">: {{LABEL}}</span></a></p>
</div>
<form class="acts" method="post" action="/consent">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="next" value="/privacy?done=consent">
<input type="hidden" name="version.{{ID}}" value="{{VERSION}}">
{{#GIVE}}
<button class="quiet" type="submit" name="consent.{{ID}}" value="yes">{{_("Agree")}}<span class="unseen">: {{LABEL}}</span></button>
{{/GIVE}}
{{#REFUSE}}
<button class="quiet" type="submit" name="consent.{{ID}}" value="no">{{_("Say no")}}<span class="unseen">: {{LABEL}}</span></button>
{{/REFUSE}}
{{#WITHDRAW}}
<button class="quiet" type="submit" name="consent.{{ID}}" value="no">{{_("Take it back")}}<span class="unseen">: {{LABEL}}</span></button>
{{/WITHDRAW}}
</form>
</li>
{{/PURPOSE}}
</ul>
{{#HISTORY}}
<details class="asks">
<summary>{{_("What you said until now")}}</summary>
<ul class="touched">
{{#ROW}}
<li>{{TEXT}}: <a href="{{PATH}}"><bdi lang="{{SPOKEN}}">{{LABEL}}</bdi>, {{_("Version")}} <bdi dir="ltr">{{VERSION}}</bdi></a></li>
{{/ROW}}
</ul>
</details>
{{/HISTORY}}
</section>
{{/CONSENTS}}
<section class="card acts" aria-labelledby="each">
<h2 id="each">{{_("Each detail")}}</h2>
{{#SECTION}}
<details id="held-{{SECTION_NAME}}">
<summary>{{SECTION_TITLE}} ({{COUNT}})</summary>
<ul class="events">
{{#FIELD}}
<li class="event">
<p>{{LABEL}}</p>
<p class="happened"><bdi dir="{{DIRECTION_OF_VALUE}}">{{VALUE}}</bdi></p>
{{#CHANGED}}
<p class="facts">{{TEXT}}</p>
{{/CHANGED}}
{{#KEPT}}
<p class="help">{{REASON}}</p>
{{/KEPT}}
{{#CHANGE}}
<p class="help"><a href="/profile#f-{{NAME}}">{{_("Change")}}<span class="unseen">: {{LABEL}}</span></a></p>
{{/CHANGE}}
{{#ASK}}
<p class="help"><a href="/profile/requests?field={{ASKED:u}}">{{_("Ask for a change")}}<span class="unseen">: {{LABEL}}</span></a></p>
{{/ASK}}
</li>
{{/FIELD}}
</ul>
</details>
{{/SECTION}}
<details id="also">
<summary>{{_("What else is held")}}</summary>
<ul class="touched">
<li><a href="/organizations">{{_("The organizations that you belong to, and your roles there")}}</a></li>
<li><a href="/sessions">{{_("Where you are signed in: browser and network address")}}</a></li>
<li><a href="/activity">{{_("What happened to your account: when, by whom, from which address")}}</a></li>
</ul>
</details>
<details id="times">
<summary>{{_("How long it is kept")}}</summary>
<ul class="events">
{{#TIME}}
<li class="event">
<p class="happened">{{LABEL}}</p>
<p>{{TEXT}}</p>
</li>
{{/TIME}}
</ul>
</details>
</section>
