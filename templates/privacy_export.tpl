{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Your data as a file")}}</h1>
<p class="lead">{{_("One file with everything that you can see about yourself here: a page to read, and the same for programs. You get a mail when it is ready.")}}</p>
{{#MISSING}}
<p class="notice" role="status">{{TEXT}}</p>
{{/MISSING}}
<section class="card" id="export" data-follow="waiting" aria-live="polite" aria-labelledby="export-title">
<h2 id="export-title">{{_("Your copy")}}</h2>
{{#WAITING}}
<p data-waiting="yes">{{_("Your copy is being made. It takes a moment.")}}</p>
<p><progress max="100" value="{{DONE}}" aria-labelledby="export-title">{{DONE}} %</progress></p>
<p class="help"><a href="/privacy/export">{{_("Load this page again to see how far it is.")}}</a></p>
{{/WAITING}}
{{#FAILED}}
<p>{{_("The last copy could not be made. Ask for it again.")}}</p>
{{/FAILED}}
{{#READY}}
<p>{{_("Your copy is ready: {SIZE} kB.")}} {{UNTIL}}</p>
<p><a class="button" href="/privacy/export/{{ID}}">{{_("Download my data")}}</a></p>
{{/READY}}
{{#LATER}}
<p class="help">{{TEXT}}</p>
{{/LATER}}
{{#ASK}}
<form method="post" action="/privacy/export">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button type="submit">{{_("Export my data")}}</button>
</form>
{{/ASK}}
</section>
