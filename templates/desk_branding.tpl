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
{{#OWN_MARK_FORM}}
<section class="card task" aria-labelledby="mark">
<h2 id="mark">{{_("Mark")}}</h2>
<p class="help">{{_("It stands at the top of your pages and mails, instead of the first letter of the name.")}}</p>
{{#MARK_NOW}}
<p class="value"><img class="own-mark" src="/pictures/{{NAME}}/256.webp" alt="{{_("The mark now")}}" width="96" height="96"></p>
{{/MARK_NOW}}
{{#NO_MARK_NOW}}
<p class="value empty">{{_("Not set")}}</p>
{{/NO_MARK_NOW}}
<form method="post" action="/o/{{ORGANIZATION}}/desk/branding/mark" enctype="multipart/form-data" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#MARK_PROBLEM}} wrong{{/MARK_PROBLEM}}">
<label for="f-mark">{{_("Choose a picture")}}</label>
<p class="help" id="f-mark-help">{{_("JPEG, PNG, WebP or GIF, at most 2 MB; best a square one. The square in the middle is kept.")}}</p>
{{#MARK_PROBLEM}}
<p class="problem" id="f-mark-problem">{{TEXT}}</p>
{{/MARK_PROBLEM}}
<input id="f-mark" name="mark" type="file" accept="image/jpeg,image/png,image/webp,image/gif" aria-describedby="f-mark-help{{#MARK_PROBLEM}} f-mark-problem{{/MARK_PROBLEM}}"{{#MARK_PROBLEM}} aria-invalid="true"{{/MARK_PROBLEM}}>
</div>
<div class="field{{#MARK_NO_REASON}} wrong{{/MARK_NO_REASON}}">
<label for="f-mark-reason">{{_("Reason")}}</label>
{{#MARK_NO_REASON}}
<p class="problem" id="f-mark-reason-problem">{{_("Say in a few words why you change this.")}}</p>
{{/MARK_NO_REASON}}
<input id="f-mark-reason" name="reason" type="text" value="{{MARK_REASON}}" dir="auto" maxlength="200"{{#MARK_NO_REASON}} aria-describedby="f-mark-reason-problem" aria-invalid="true"{{/MARK_NO_REASON}}>
</div>
<p class="save"><button type="submit">{{_("Save mark")}}</button></p>
</form>
{{#MARK_NOW}}
<form method="post" action="/o/{{ORGANIZATION}}/desk/branding/mark" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field">
<label for="f-mark-remove-reason">{{_("Reason")}}</label>
<input id="f-mark-remove-reason" name="reason" type="text" value="" dir="auto" maxlength="200">
</div>
<p class="act"><button class="quiet" type="submit" name="action" value="remove">{{_("Remove mark")}}</button></p>
</form>
{{/MARK_NOW}}
</section>
{{/OWN_MARK_FORM}}
