{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Branding")}}</h1>
<p class="lead">{{_("How your organization looks and speaks where your members sign in, and in the mails that they get.")}}</p>
{{#STALE}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Somebody else saved this meanwhile")}}</h2>
<p>{{_("Nothing of yours was saved. Where the two differ, what is stored now stands below what you typed. Saving again keeps yours.")}}</p>
</div>
{{/STALE}}
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Nothing was saved yet")}}</h2>
<ul>
{{#ITEM}}
<li><a href="#f-{{NAME}}">{{TEXT}}</a></li>
{{/ITEM}}
</ul>
</div>
{{/PROBLEMS}}
<form method="post" action="/o/{{ORGANIZATION}}/desk/branding" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="version" value="{{VERSION}}">
{{#NAMES}}
<section class="card task" aria-labelledby="names">
<h2 id="names">{{_("Name and support")}}</h2>
{{>FIELD}}
</section>
{{/NAMES}}
<section class="card task" aria-labelledby="colours">
<h2 id="colours">{{_("Colours")}}</h2>
{{#COLOURS}}
{{>FIELD}}
{{/COLOURS}}
{{#VERDICT}}
<div class="verdict" id="verdict" role="status" data-verdict>
<p data-none="{{NONE}}" data-unknown="{{UNKNOWN}}"{{#IS_JUDGED}} hidden{{/IS_JUDGED}}>{{#IS_NONE}}{{NONE}}{{/IS_NONE}}{{#IS_UNKNOWN}}{{UNKNOWN}}{{/IS_UNKNOWN}}</p>
<ul class="rules"{{#IS_NONE}} hidden{{/IS_NONE}}{{#IS_UNKNOWN}} hidden{{/IS_UNKNOWN}}>
{{#LINE}}
<li{{#IS_BAD}} class="bad"{{/IS_BAD}} data-line="{{ID}}" data-one="{{ONE}}" data-other="{{OTHER}}">{{TEXT}}</li>
{{/LINE}}
</ul>
</div>
<div class="sample" data-sample aria-hidden="true" hidden><div class="card"><p>{{_("Text on the page and a")}} <span class="link">{{_("link")}}</span></p><p class="save"><span class="button">{{_("A button")}}</span></p></div></div>
{{/VERDICT}}
</section>
{{#PLACE}}
<section class="card task" aria-labelledby="place-{{ID}}">
<h2 id="place-{{ID}}">{{TITLE}}</h2>
<p class="help">{{_("A language that you leave empty gets the text of the portal's main language, and without that the portal's own.")}}</p>
{{>FIELD}}
</section>
{{/PLACE}}
<section class="card task" aria-labelledby="save">
<h2 id="save">{{_("Save")}}</h2>
<div class="field{{#NO_REASON}} wrong{{/NO_REASON}}">
<label for="f-reason">{{_("Reason")}}</label>
<p class="help" id="f-reason-help">{{_("It stands in the activity of your organization, for everybody who may read that.")}}</p>
{{#NO_REASON}}
<p class="problem" id="f-reason-problem">{{_("Say in a few words why you change this.")}}</p>
{{/NO_REASON}}
<input id="f-reason" name="reason" type="text" value="{{REASON}}" dir="auto" maxlength="200" aria-describedby="f-reason-help{{#NO_REASON}} f-reason-problem{{/NO_REASON}}"{{#NO_REASON}} aria-invalid="true"{{/NO_REASON}}>
</div>
<p class="save"><button type="submit">{{_("Save branding")}}</button></p>
<p class="help" id="previews">{{_("Or look at it first. Each opens in a new tab, and nothing is saved.")}}</p>
<p class="acts">
<button class="quiet" type="submit" name="preview" value="login" formtarget="_blank" aria-describedby="previews">{{_("Preview the sign-in page")}}</button>
<button class="quiet" type="submit" name="preview" value="reset" formtarget="_blank" aria-describedby="previews">{{_("Preview the page for a new password")}}</button>
<button class="quiet" type="submit" name="preview" value="mail" formtarget="_blank" aria-describedby="previews">{{_("Preview a mail")}}</button>
</p>
</section>
</form>
