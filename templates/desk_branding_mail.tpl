{{%AUTOESCAPE context="HTML"}}
<p class="help">{{_("To:")}} <bdi dir="ltr">{{ADDRESS}}</bdi></p>
<p class="help">{{_("Subject:")}} <bdi>{{SUBJECT}}</bdi></p>
<div class="card task letter">
<p class="happened"><bdi>{{PORTAL}}</bdi></p>
<h1>{{TITLE}}</h1>
{{#ABOVE}}
<p>{{TEXT}}</p>
{{/ABOVE}}
{{#BUTTON}}
<p><a class="button" href="{{LINK}}">{{LABEL}}</a></p>
<p class="help">{{_("If the button does not work, open this address:")}}<br><bdi dir="ltr">{{LINK}}</bdi></p>
{{/BUTTON}}
{{#BELOW}}
<p>{{TEXT}}</p>
{{/BELOW}}
<p class="aside">{{HELP}}</p>
</div>
