{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Help desk")}}</h1>
<p class="lead">{{_("Here you look after the members of {ORGANIZATION}. Everything that you do is written down with your reason, and the person reads it.")}}</p>
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
