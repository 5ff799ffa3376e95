{{%AUTOESCAPE context="HTML"}}
<h1>{{_("You cannot go on without this")}}</h1>
<p class="lead">{{_("Your answer is kept. Without agreeing you cannot use this portal, and nothing in your account changes.")}}</p>
<section class="card" aria-labelledby="refused">
<h2 id="refused">{{_("What you said no to")}}</h2>
<ul class="touched">
{{#REFUSED}}
<li><bdi lang="{{SPOKEN}}">{{LABEL}}</bdi>: {{TEXT}}</li>
{{/REFUSED}}
</ul>
<div class="acts">
<a class="button" href="{{PATH}}">{{_("Read it again and answer anew")}}</a>
<form method="post" action="/logout">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="quiet" type="submit">{{_("Sign out")}}</button>
</form>
</div>
</section>
<section class="card" aria-labelledby="leave">
<h2 id="leave">{{_("If you do not want to stay")}}</h2>
<p>{{_("You can have your account deleted. The next page first says what goes and what stays.")}}</p>
<p class="hints"><a href="/privacy/export">{{_("Take your data with you")}}</a> <a href="/privacy/delete">{{_("Delete your account")}}</a></p>
</section>
