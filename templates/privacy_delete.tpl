{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Delete your account")}}</h1>
<p class="lead">{{WHEN}}</p>
{{#PROBLEMS}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<h2>{{_("Nothing was deleted")}}</h2>
<ul>
{{#ITEM}}
{{#LINKED}}
<li><a href="#f-{{NAME}}">{{TEXT}}</a></li>
{{/LINKED}}
{{#NOT_LINKED}}
<li>{{TEXT}}</li>
{{/NOT_LINKED}}
{{/ITEM}}
</ul>
</div>
{{/PROBLEMS}}
{{#OBSTACLE}}
<section class="card task" aria-labelledby="obstacle-heading">
<h2 id="obstacle-heading">{{TITLE}}</h2>
<p>{{TEXT}}</p>
{{#WAY}}
<p class="aside"><a href="{{PATH}}">{{LABEL}}</a></p>
{{/WAY}}
</section>
{{/OBSTACLE}}
<section class="card about" aria-labelledby="goes-heading">
<h2 id="goes-heading">{{_("What will be deleted")}}</h2>
<ul class="touched">
<li>{{_("Your profile:")}} {{#FIELD}}<bdi>{{LABEL}}</bdi>{{#MORE}}, {{/MORE}}{{/FIELD}}</li>
<li>{{_("What you sign in with, your password and the ones before it, and every place where you are signed in")}}</li>
<li>{{_("Your picture, exports of your data, and what you agreed to")}}</li>
<li>{{_("Messages and links for you that are under way, invitations to your address, and your requests")}}</li>
</ul>
</section>
{{#ORGANIZATION}}
<section class="card about" aria-labelledby="o-{{ID}}">
<h2 id="o-{{ID}}"><bdi>{{NAME}}</bdi></h2>
<ul class="touched">
<li>{{_("Your membership and your roles there are deleted.")}}</li>
<li>{{_("The organization reads in its activity that your account was deleted, without your name.")}}</li>
<li>{{KEEPS}}</li>
</ul>
</section>
{{/ORGANIZATION}}
<section class="card about" aria-labelledby="stays-heading">
<h2 id="stays-heading">{{_("What stays, and why")}}</h2>
<ul class="touched">
{{#CONNECTION}}
<li>{{TEXT}}</li>
{{/CONNECTION}}
<li>{{_("The record of what was done with accounts, so that misuse can be proven. Your name, your address and reasons that people gave are taken out of it; a random mark stands in their place.")}}</li>
<li>{{_("A fingerprint that only this portal can make, so that nobody brings your account back by putting back an old backup.")}}</li>
<li>{{_("Backups that were made before, until the operator throws them away.")}}</li>
</ul>
</section>
{{#FORM}}
<form class="card task" method="post" action="/privacy/delete" novalidate>
<h2>{{_("Delete it")}}</h2>
<p>{{NEXT}}</p>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="text" value="{{PHRASE}}" dir="ltr" autocomplete="username" hidden>
<div class="field{{#IS_CONFIRM_WRONG}} wrong{{/IS_CONFIRM_WRONG}}">
<label for="f-confirm">{{LABEL}}</label>
<p class="help" id="confirm-help"><bdi dir="ltr">{{PHRASE}}</bdi></p>
{{#CONFIRM}}
<p class="problem" id="confirm-problem">{{TEXT}}</p>
{{/CONFIRM}}
<input id="f-confirm" name="confirm" type="text" value="{{TYPED}}" dir="ltr" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="confirm-help{{#IS_CONFIRM_WRONG}} confirm-problem{{/IS_CONFIRM_WRONG}}"{{#IS_CONFIRM_WRONG}} aria-invalid="true"{{/IS_CONFIRM_WRONG}} required>
</div>
{{#HAS_PASSWORD}}
<div class="field{{#IS_CURRENT_WRONG}} wrong{{/IS_CURRENT_WRONG}}">
<label for="f-current_password">{{_("Present password")}}</label>
{{#CURRENT}}
<p class="problem" id="current-problem">{{TEXT}}</p>
{{/CURRENT}}
<div class="reveal" data-reveal="f-current_password" data-show="{{_("Show")}}" data-hide="{{_("Hide")}}" data-what="{{_("Present password")}}">
<input id="f-current_password" name="current_password" type="password" dir="ltr" autocomplete="current-password"{{#IS_CURRENT_WRONG}} aria-describedby="current-problem" aria-invalid="true"{{/IS_CURRENT_WRONG}} required>
</div>
</div>
{{/HAS_PASSWORD}}
<p class="save"><button type="submit">{{SUBMIT}}</button></p>
</form>
{{/FORM}}
