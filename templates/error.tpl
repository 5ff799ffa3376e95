{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{TITLE}}</h1>
<p class="lead">{{TEXT}}</p>
{{#WAY}}
<p><a class="button" href="{{PATH}}">{{LABEL}}</a></p>
{{/WAY}}
{{#FAULT}}
<p class="aside">{{_("Number of this request:")}} <code dir="ltr">{{REQUEST_ID}}</code></p>
{{/FAULT}}
</div>
