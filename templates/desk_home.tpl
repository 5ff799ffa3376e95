{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Help desk")}}</h1>
<p class="lead">{{_("Here you look after the members of {ORGANIZATION}. Everything that you do is written down with your reason, and the person reads it.")}}</p>
{{#SEARCH}}
<form class="card task search" method="get" action="{{PATH}}" role="search">
<div class="field">
<label for="q">{{_("Find members")}}</label>
<p class="help" id="q-help">{{_("The beginning of a name, a username or an address. Several words must all fit.")}}</p>
<input id="q" name="q" type="search" value="" dir="auto" maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="q-help">
</div>
<p class="save"><button type="submit">{{_("Search")}}</button></p>
</form>
{{/SEARCH}}
{{#TILES}}
<section class="card" aria-labelledby="now">
<h2 id="now">{{_("At the moment")}}</h2>
<ul class="events">
{{#TILE}}
<li class="event"><p class="happened"><a href="{{TILE_PATH}}">{{COUNTED}}</a></p></li>
{{/TILE}}
</ul>
</section>
{{/TILES}}
