{{%AUTOESCAPE context="HTML"}}
<h1>{{TITLE}}</h1>
<p class="lead">{{LEAD}}</p>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
{{#LINKED}}
<p><a href="#f-{{NAME}}">{{TEXT}}</a></p>
{{/LINKED}}
{{#NOT_LINKED}}
<p>{{TEXT}}</p>
{{/NOT_LINKED}}
</div>
{{/PROBLEM}}
<section class="card task" aria-labelledby="now">
<h2 id="now">{{NOW_TITLE}}</h2>
{{#HAS_VALUE}}
<p class="value"><bdi dir="ltr">{{VALUE}}</bdi></p>
{{/HAS_VALUE}}
{{#IS_EMPTY}}
<p class="value empty">{{_("Not set")}}</p>
{{/IS_EMPTY}}
{{#BOUNCING}}
<p class="problem">{{_("Mail to this address comes back. Check it, or change it.")}}</p>
{{/BOUNCING}}
{{#VERIFIED}}
<p class="help">{{_("Confirmed.")}}</p>
{{/VERIFIED}}
{{#UNVERIFIED}}
<p class="help">{{_("Not confirmed yet.")}}</p>
{{/UNVERIFIED}}
{{#VERIFY}}
<form method="post" action="{{PATH}}/resend">
<input type="hidden" name="csrf" value="{{CSRF}}">
<p class="save"><button type="submit">{{VERIFY_LABEL}}</button></p>
</form>
{{#WAIT}}
<p class="help" data-countdown="{{SECONDS}}" data-words="{{WORDS}}">{{TEXT}}</p>
{{/WAIT}}
{{/VERIFY}}
{{#LOCKED}}
<p class="lock"><img src="{{static "lock.svg"}}" alt="{{_("Locked:")}}" width="16" height="16"> <span>{{REASON}}</span></p>
{{/LOCKED}}
</section>
{{#PENDING}}
<section class="card task pending" aria-labelledby="pending">
<h2 id="pending">{{_("Waiting to be confirmed")}}</h2>
<p class="value"><bdi dir="ltr">{{PENDING_VALUE}}</bdi></p>
{{#PENDING_BOUNCING}}
<p class="problem">{{_("Mail to the new address comes back. Check it, then ask for it anew.")}}</p>
{{/PENDING_BOUNCING}}
<p class="help">{{PENDING_TEXT}}</p>
{{#CODE}}
<p class="save"><a class="button" href="{{CODE_PATH}}">{{_("Enter the code")}}</a></p>
{{/CODE}}
<form method="post" action="{{PATH}}/resend">
<input type="hidden" name="csrf" value="{{CSRF}}">
<p class="save"><button class="quiet" type="submit">{{RESEND_LABEL}}</button></p>
</form>
{{#WAIT}}
<p class="help" data-countdown="{{SECONDS}}" data-words="{{WORDS}}">{{TEXT}}</p>
{{/WAIT}}
<form method="post" action="{{PATH}}/cancel">
<input type="hidden" name="csrf" value="{{CSRF}}">
<p class="save"><button class="quiet" type="submit">{{_("Cancel this change")}}</button></p>
</form>
</section>
{{/PENDING}}
{{#CHANGE}}
<section class="card task" aria-labelledby="change">
<h2 id="change">{{CHANGE_TITLE}}</h2>
<form method="post" action="{{PATH}}" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-{{NAME}}">{{LABEL}}</label>
<p class="help" id="help">{{HELP}}</p>
{{#IS_WRONG}}
<p class="problem" id="problem">{{TEXT}}</p>
{{/IS_WRONG}}
<input id="f-{{NAME}}" name="{{NAME}}" type="{{TYPE}}" value="{{TYPED}}" dir="ltr" inputmode="{{TYPE}}" autocomplete="{{TYPE}}" autocapitalize="none" spellcheck="false" required aria-describedby="help{{#IS_WRONG}} problem{{/IS_WRONG}}"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
</div>
<p class="save"><button type="submit">{{SEND_LABEL}}</button></p>
</form>
</section>
{{/CHANGE}}
{{#REMOVE}}
<section class="card task" aria-labelledby="remove">
<h2 id="remove">{{_("Remove your number")}}</h2>
<p class="help">{{_("After that you have no number here. Your other devices are signed out.")}}</p>
<form method="post" action="{{PATH}}">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="action" value="remove">
<p class="save"><button class="quiet" type="submit">{{_("Remove number")}}</button></p>
</form>
</section>
{{/REMOVE}}
{{#TROUBLE}}
<section class="task" aria-labelledby="trouble">
<h2 id="trouble">{{TROUBLE_TITLE}}</h2>
<p class="help">{{TROUBLE_TEXT}}</p>
</section>
{{/TROUBLE}}
<p class="aside"><a href="/profile">{{_("Go to your profile")}}</a></p>
