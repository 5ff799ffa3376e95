{{%AUTOESCAPE context="HTML"}}
<div class="card narrow">
<h1>{{_("Make an account")}}</h1>
<p class="lead">{{_("Choose what kind of account you need.")}}</p>
<ul class="ways">
{{#SIGNUP}}
<li><a href="{{PATH}}">{{LABEL}}</a></li>
{{/SIGNUP}}
</ul>
<p class="aside"><a href="{{LOGIN_PATH}}">{{_("Go to the sign-in page")}}</a></p>
</div>
