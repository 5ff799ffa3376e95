{{%AUTOESCAPE context="HTML"}}
<h1 lang="{{TITLE_SPOKEN}}" dir="auto">{{LABEL}}</h1>
<section class="card" aria-label="{{_("What you were asked")}}">
<p class="facts">{{_("Version")}} <bdi dir="ltr">{{VERSION}}</bdi></p>
<p class="terms" lang="{{SPOKEN}}" dir="auto">{{CONSENT_TEXT:p}}</p>
<p class="hints"><a href="/privacy">{{_("Back to your data")}}</a></p>
</section>
