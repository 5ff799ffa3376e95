{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Your picture")}}</h1>
<p class="lead">{{_("It is shown beside your name, to you and to those who may see your profile.")}}</p>
{{#PROBLEM}}
<div class="problems" id="errors" role="alert" tabindex="-1">
<p><a href="#f-picture">{{TEXT}}</a></p>
</div>
{{/PROBLEM}}
<section class="card task" aria-labelledby="now">
<h2 id="now">{{_("Your picture now")}}</h2>
<p class="value">{{#PORTRAIT}}<img class="portrait large" src="/pictures/{{NAME}}/256.webp" alt="{{_("Your picture")}}" width="128" height="128">{{/PORTRAIT}}{{#INITIALS}}<span class="portrait large" aria-hidden="true">{{LETTERS}}</span>{{/INITIALS}}</p>
{{#IS_NONE}}
<p class="help">{{_("There is no picture yet, so your initials are shown.")}}</p>
{{/IS_NONE}}
{{#IS_ELSEWHERE}}
<p class="help">{{_("Your picture is kept elsewhere. It is not loaded from there, so your initials are shown.")}}</p>
{{/IS_ELSEWHERE}}
{{#LOCKED}}
<p class="lock" id="f-picture" tabindex="-1"><img src="{{static "lock.svg"}}" alt="{{_("Locked:")}}" width="16" height="16"> <span>{{REASON}}</span></p>
{{/LOCKED}}
{{#CHANGE}}
<form method="post" action="/profile/picture" enctype="multipart/form-data" novalidate data-crop="f-picture">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-picture">{{_("Choose a picture")}}</label>
<p class="help" id="help">{{_("JPEG, PNG, WebP or GIF, at most 2 MB. A square of it is kept, and nothing else: not where or when it was taken.")}}</p>
<input id="f-picture" name="picture" type="file" accept="image/jpeg,image/png,image/webp,image/gif" aria-describedby="help"{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
</div>
<div class="crop" data-stage hidden>
<p class="label" id="crop">{{_("Choose the part that is shown")}}</p>
<canvas width="256" height="256" role="img" aria-label="{{_("The part of the picture that is shown")}}"></canvas>
<p class="slide"><label for="crop-zoom">{{_("Larger")}}</label> <input id="crop-zoom" type="range" min="0" max="100" value="0" data-zoom></p>
<p class="slide"><label for="crop-across">{{_("To the side")}}</label> <input id="crop-across" type="range" min="0" max="100" value="50" data-across></p>
<p class="slide"><label for="crop-down">{{_("Up and down")}}</label> <input id="crop-down" type="range" min="0" max="100" value="50" data-down></p>
</div>
<p class="save"><button type="submit">{{_("Save picture")}}</button></p>
</form>
{{#REMOVE}}
<form method="post" action="/profile/picture" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="{{CSRF}}">
<p class="act"><button class="quiet" type="submit" name="action" value="remove">{{_("Remove picture")}}</button></p>
</form>
{{/REMOVE}}
{{/CHANGE}}
</section>
<p class="aside"><a href="/profile">{{_("Go to your profile")}}</a></p>
