{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{HEADING}}</h1>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p>{{TEXT}}</p>
</div>
{{/PROBLEM}}
<p class="lead">{{LEAD}}</p>
{{#PLAIN}}
<p>{{_("You join as a member, without further rights.")}}</p>
{{/PLAIN}}
{{#ROLES}}
<p>{{_("Beside your own profile you will be able to:")}}</p>
<ul class="events">
{{#ROLE}}
<li class="event">
<p class="happened"><bdi>{{LABEL}}</bdi></p>
<ul class="touched">
{{#RIGHT}}
<li>{{TEXT}}</li>
{{/RIGHT}}
</ul>
</li>
{{/ROLE}}
</ul>
{{/ROLES}}
<p class="help">{{UNTIL}}</p>
{{#STRANGER}}
{{#SIGNUP}}
<p>{{_("Make an account for the address that this mail came to, or sign in if you have one already. Then you decide.")}}</p>
<p class="help">{{HOME}}</p>
<p class="save"><a class="button" href="/invitation/signup">{{_("Make an account")}}</a></p>
<p class="also"><a class="button quiet" href="{{LOGIN}}">{{_("Sign in")}}</a></p>
{{/SIGNUP}}
{{#SIGN_IN}}
<p>{{_("Sign in with the address that this mail came to. Then you decide.")}}</p>
<p class="save"><a class="button" href="{{LOGIN}}">{{_("Sign in")}}</a></p>
{{/SIGN_IN}}
{{/STRANGER}}
{{#SOMEBODY_ELSE}}
{{#OWN}}
<p>{{_("This invitation is for another address than the one that you are signed in with:")}}</p>
<p class="value"><bdi dir="ltr">{{ADDRESS}}</bdi></p>
{{/OWN}}
{{#NO_ADDRESS}}
<p>{{_("This invitation is for an address, and the account that you are signed in with has none.")}}</p>
{{/NO_ADDRESS}}
<p>{{_("If the mail came to you, sign out and go on with the account of the address that it came to.")}} {{INSTEAD}}</p>
<form method="post" action="/logout">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="next" value="/invitation">
<button type="submit">{{_("Sign out and come back")}}</button>
</form>
{{/SOMEBODY_ELSE}}
{{#ACCEPT}}
{{#MEMBER}}
<p>{{_("You are a member there already. Accepting adds what stands above, and nothing else changes for your account:")}}</p>
{{/MEMBER}}
{{#TERMS}}
<p>{{_("You join with your account of this address:")}}</p>
{{/TERMS}}
<p class="value"><bdi dir="ltr">{{ADDRESS}}</bdi></p>
{{#TERMS}}
<p>{{SEES}} {{MAY}}</p>
{{/TERMS}}
{{#LOCKS}}
<p>{{STAYS}} {{WAY}}</p>
{{/LOCKS}}
<form method="post" action="/invitation">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="mark" value="{{MARK}}">
<input type="hidden" name="decision" value="accept">
<button type="submit">{{_("Accept and join")}}</button>
</form>
{{/ACCEPT}}
{{#DECLINE}}
<form method="post" action="/invitation">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="mark" value="{{MARK}}">
<input type="hidden" name="decision" value="decline">
<button class="quiet" type="submit">{{_("Decline")}}</button>
</form>
{{/DECLINE}}
</div>
