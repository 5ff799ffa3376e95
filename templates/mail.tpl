{{%AUTOESCAPE context="HTML"}}
{{! Colours are left to the reader's program wherever it has a dark scheme of its own; the button has both of its own, in attributes, because no value stands in a style. }}
<!doctype html>
<html lang="{{CODE}}" dir="{{DIRECTION}}">
<head>
<meta charset="utf-8">
<title>{{TITLE}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
</head>
<body style="margin:0;padding:24px 16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',sans-serif;font-size:16px;line-height:1.5">
<div dir="{{DIRECTION}}" style="max-width:560px;margin:0 auto">
<p style="margin:0 0 24px;font-weight:600">{{#MARK}}<img src="cid:mark@latchkey" alt="" width="32" height="32" style="vertical-align:middle"> {{/MARK}}<bdi>{{PORTAL}}</bdi></p>
<h1 style="margin:0 0 16px;font-size:24px;line-height:1.25">{{TITLE}}</h1>
{{#ABOVE}}
<p style="margin:0 0 16px">{{TEXT}}</p>
{{/ABOVE}}
{{#BUTTON}}
<table role="presentation" cellpadding="0" cellspacing="0" style="margin:24px 0"><tr><td bgcolor="{{COLOUR}}" style="border-radius:6px"><a href="{{LINK}}" style="display:inline-block;padding:12px 20px;font-weight:600;text-decoration:none"><font color="{{TEXT_COLOUR}}">{{LABEL}}</font></a></td></tr></table>
<p style="margin:0 0 16px;font-size:14px">{{_("If the button does not work, open this address:")}}<br><a href="{{LINK}}" dir="ltr" style="color:inherit;word-break:break-all">{{LINK}}</a></p>
{{/BUTTON}}
{{#BELOW}}
<p style="margin:0 0 16px">{{TEXT}}</p>
{{/BELOW}}
<p style="margin:32px 0 0;padding:16px 0 0;border-top:1px solid #8a8a8a;font-size:14px">{{HELP}}</p>
</div>
</body>
</html>
