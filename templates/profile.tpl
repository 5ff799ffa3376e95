{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Your profile")}}</h1>
<p class="lead">{{_("This is what is kept about you. You can change everything that is in a box; beside the rest stands who manages it.")}}</p>
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
{{#IS_STALE}}
<h2>{{_("Your profile was changed elsewhere")}}</h2>
<p>{{_("It was saved from another tab or by somebody else after you opened this page, so nothing was saved now. What you typed is still here. Where it differs, you see what is stored. Save again to keep yours.")}}</p>
{{/IS_STALE}}
{{#IS_REFUSED}}
<h2>{{_("Nothing was saved yet")}}</h2>
<ul>
{{#ITEMS}}
{{#ITEM}}
{{#LINKED}}
<li><a href="#f-{{NAME}}">{{LABEL}}: {{TEXT}}</a></li>
{{/LINKED}}
{{#NOT_LINKED}}
<li><bdi>{{LABEL}}</bdi>: {{TEXT}}</li>
{{/NOT_LINKED}}
{{/ITEM}}
{{/ITEMS}}
</ul>
{{/IS_REFUSED}}
</div>
{{/PROBLEMS}}
<form class="profile" method="post" action="/profile" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="version" value="{{VERSION}}">
{{#SECTION}}
<section class="card" aria-labelledby="{{SECTION_NAME}}">
<h2 id="{{SECTION_NAME}}">{{SECTION_TITLE}}</h2>
{{>FIELD}}
{{#HAS_SAVE}}
<p class="save"><button type="submit" name="section" value="{{SECTION_NAME}}">{{_("Save changes")}}</button></p>
{{/HAS_SAVE}}
</section>
{{/SECTION}}
</form>
<form id="cancel-email" method="post" action="/email/cancel">
<input type="hidden" name="csrf" value="{{CSRF}}">
</form>
<form id="cancel-phone_number" method="post" action="/phone/cancel">
<input type="hidden" name="csrf" value="{{CSRF}}">
</form>
