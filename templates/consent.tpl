{{%AUTOESCAPE context="HTML"}}
<h1>{{TITLE}}</h1>
<p class="lead">{{LEAD}}</p>
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
{{#IS_STALE}}
<h2>{{_("The text was changed meanwhile")}}</h2>
<p>{{_("Nothing was saved, because you answered an earlier version. Read the new one below, then answer.")}}</p>
{{/IS_STALE}}
{{#IS_REFUSED}}
<h2>{{_("Nothing was saved yet")}}</h2>
<p>{{_("Choose yes or no for each of these.")}}</p>
<ul>
{{#ITEM}}
<li><a href="#c-{{ID}}">{{LABEL}}</a></li>
{{/ITEM}}
</ul>
{{/IS_REFUSED}}
</div>
{{/PROBLEMS}}
<form class="profile" method="post" action="/consent" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="next" value="{{NEXT}}">
{{#QUESTION}}
<section class="card" aria-labelledby="h-{{ID}}">
<h2 id="h-{{ID}}" lang="{{TITLE_SPOKEN}}" dir="auto">{{LABEL}}</h2>
<p class="facts">{{_("Version")}} <bdi dir="ltr">{{VERSION}}</bdi></p>
<p class="terms" lang="{{SPOKEN}}" dir="auto">{{CONSENT_TEXT:p}}</p>
<input type="hidden" name="version.{{ID}}" value="{{VERSION}}">
<fieldset class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}" aria-describedby="c-{{ID}}-help{{#IS_WRONG}} c-{{ID}}-problem{{/IS_WRONG}}">
<legend>{{_("Do you agree?")}}<span class="unseen">: {{LABEL}}</span></legend>
<p class="help" id="c-{{ID}}-help">{{HELP}}{{#SAID}} {{TEXT}}{{/SAID}}</p>
{{#PROBLEM}}
<p class="problem" id="c-{{ID}}-problem">{{TEXT}}</p>
{{/PROBLEM}}
<div class="picks row">
<label class="pick"><input type="radio" id="c-{{ID}}" name="consent.{{ID}}" value="yes"{{#IS_YES}} checked{{/IS_YES}}><span>{{_("Yes, I agree")}}</span></label>
<label class="pick"><input type="radio" name="consent.{{ID}}" value="no"{{#IS_NO}} checked{{/IS_NO}}><span>{{_("No")}}</span></label>
</div>
</fieldset>
</section>
{{/QUESTION}}
<p class="acts"><button type="submit">{{_("Go on")}}</button>{{#LATER}} <button class="quiet" type="submit" name="later" value="yes">{{_("Not now")}}</button>{{/LATER}}</p>
</form>
