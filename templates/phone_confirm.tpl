{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{_("Confirm your number")}}</h1>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p><a href="#f-code">{{TEXT}}</a></p>
</div>
{{/PROBLEM}}
<p class="lead">{{_("We sent a code of six digits to this number. It works for a few minutes.")}}</p>
<p class="value"><bdi dir="ltr">{{VALUE}}</bdi></p>
<form method="post" action="/phone/confirm" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#PROBLEM}} wrong{{/PROBLEM}}">
<label for="f-code">{{_("Code")}}</label>
<input id="f-code" name="code" type="text" value="" dir="ltr" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required{{#PROBLEM}} aria-invalid="true"{{/PROBLEM}}>
</div>
<button type="submit">{{_("Confirm number")}}</button>
</form>
<form method="post" action="/phone/resend">
<input type="hidden" name="csrf" value="{{CSRF}}">
<p class="save"><button class="quiet" type="submit">{{_("Send the code again")}}</button></p>
</form>
{{#WAIT}}
<p class="help" data-countdown="{{SECONDS}}" data-words="{{WORDS}}">{{TEXT}}</p>
{{/WAIT}}
<form method="post" action="/phone/cancel">
<input type="hidden" name="csrf" value="{{CSRF}}">
<p class="save"><button class="quiet" type="submit">{{_("Cancel this change")}}</button></p>
</form>
</div>
