"""The official Python SDK against `convoke simulate`: python.py APP_CERTIFICATE_AND_KEY.pem CALM_URL BUSY_URL.

One line for each sentence that holds; the first that does not ends it with status 1. SSL_CERT_FILE and
REQUESTS_CA_BUNDLE name the certificate of the simulators. It knows nothing of convoke's source.
"""

import asyncio
import datetime
import logging
import sys
import time
import uuid

import httpx
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.join_meeting_id_settings import JoinMeetingIdSettings
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.online_meeting import OnlineMeeting
from msgraph.generated.users.item.online_meetings.create_or_get.create_or_get_post_request_body import (
    CreateOrGetPostRequestBody,
)
from msgraph.generated.users.item.online_meetings.online_meetings_request_builder import OnlineMeetingsRequestBuilder
from msgraph_core import GraphClientFactory

TENANT = "5150c0de-0000-4000-8000-000000000001"
CLIENT = "5150c0de-0000-4000-8000-000000000002"
SECRET = "make-believe-secret"
ORGANIZER = "6b1e0000-0000-4000-8000-000000000001"
SCOPE = "https://graph.microsoft.com/.default"
START = datetime.datetime(2027, 2, 3, 9, 0, tzinfo=datetime.timezone.utc)
# More than the scenario `busy` lets through at once, which is 60 in 10 seconds.
MANY = 64
# Nothing here takes so many seconds.
PATIENCE = 180


def hold(sentence, holds, why=""):
    if not holds:
        print(f"FAILED: {sentence}: {why}")
        sys.exit(1)
    print(f"ok: {sentence}", flush=True)


class Witness(httpx.AsyncHTTPTransport):
    """The network as the SDK would have it, which remembers each attempt: when, what, and how it was answered."""

    def __init__(self):
        super().__init__(http2=True)
        self.attempts = []

    async def handle_async_request(self, request):
        sent, body = time.monotonic(), request.content
        response = await super().handle_async_request(request)
        self.attempts.append((sent, time.monotonic(), body, response.status_code, response.headers))
        return response

    def last(self):
        _, _, _, status, headers = self.attempts[-1]
        return status, headers


def credential(url, secret=SECRET, kind=ClientSecretCredential):
    return kind(TENANT, CLIENT, secret, authority=url, disable_instance_discovery=True)


def graph(url):
    """A client with the SDK's own middleware, and nothing changed but where Graph is."""
    witness = Witness()
    http = httpx.AsyncClient(transport=witness, timeout=100)
    adapter = GraphRequestAdapter(
        AzureIdentityAuthenticationProvider(credential(url), scopes=[SCOPE]),
        GraphClientFactory.create_with_default_middleware(client=http),
    )
    adapter.base_url = f"{url}/v1.0"
    return GraphServiceClient(request_adapter=adapter).users.by_user_id(ORGANIZER).online_meetings, witness


async def sign_in(url, certificate):
    async with credential(url, kind=AsyncClientSecretCredential) as secret:
        token = await secret.get_token(SCOPE)
    hold("the app's secret is good for a token", token.token and token.expires_on > time.time(), token)
    refusal = None
    try:
        async with credential(url, secret="wrong", kind=AsyncClientSecretCredential) as wrong:
            await wrong.get_token(SCOPE)
    except ClientAuthenticationError as error:
        refusal = error.message
    hold("a wrong secret is refused by its number", refusal and "AADSTS7000215" in refusal, refusal)
    token = credential(url).get_token(SCOPE)
    hold("MSAL finds the token endpoint by discovery", token.token, token)
    token = credential(url, certificate, CertificateCredential).get_token(SCOPE)
    hold("the app's certificate is as good as its secret", token.token, token)


async def create_or_get(url):
    meetings, witness = graph(url)
    asked = CreateOrGetPostRequestBody(
        external_id=str(uuid.uuid4()),
        subject="Numerical Analysis",
        start_date_time=START,
        end_date_time=START + datetime.timedelta(hours=1),
    )
    made = await meetings.create_or_get.post(asked)
    hold("createOrGet makes a meeting", witness.last()[0] == 201 and made.id and made.join_web_url, witness.last())
    hold(
        "the meeting is as asked",
        made.subject == asked.subject and made.start_date_time == START and made.external_id == asked.external_id,
        made,
    )
    found = await meetings.create_or_get.post(asked)
    hold("asked again, it finds the same", witness.last()[0] == 200 and found.id == made.id, witness.last())
    refusal = None
    try:
        await meetings.create_or_get.post(CreateOrGetPostRequestBody(subject="no external id"))
    except ODataError as error:
        refusal = error
    hold(
        "what is wrong is refused as an ODataError",
        refusal and refusal.response_status_code == 400 and refusal.error.code and refusal.error.message,
        refusal,
    )


async def throttled(url):
    meetings, witness = graph(url)
    bodies = [CreateOrGetPostRequestBody(external_id=str(number)) for number in range(MANY)]
    made = await asyncio.gather(*[meetings.create_or_get.post(body) for body in bodies])
    refused = [attempt for attempt in witness.attempts if attempt[3] == 429]
    hold("a limit is told by 429 and Retry-After", refused and all("retry-after" in a[4] for a in refused), refused)
    waits = []
    for _, answered, body, _, headers in refused:
        again = [sent for sent, _, other, _, _ in witness.attempts if other == body and sent > answered]
        waits.append(bool(again) and min(again) - answered >= int(headers["retry-after"]))
    hold("the SDK waits as long by itself", all(waits), waits)
    hold("and then gets its meetings", len({meeting.id for meeting in made}) == MANY, made)


async def create(url):
    meetings, witness = graph(url)
    asked = OnlineMeeting(
        subject="Thesis defence",
        start_date_time=START,
        end_date_time=START + datetime.timedelta(minutes=30),
        join_meeting_id_settings=JoinMeetingIdSettings(is_passcode_required=True),
    )
    made = await meetings.post(asked)
    settings = made.join_meeting_id_settings
    hold("a meeting is made", witness.last()[0] == 201 and made.id and made.join_web_url, witness.last())
    hold("with a passcode, if asked for", settings.is_passcode_required and settings.passcode, settings)
    got = await meetings.by_online_meeting_id(made.id).get()
    hold("it is got by its id", (got.id, got.join_web_url) == (made.id, made.join_web_url), got)
    query = OnlineMeetingsRequestBuilder.OnlineMeetingsRequestBuilderGetQueryParameters(
        filter=f"JoinWebUrl eq '{made.join_web_url}'"
    )
    found = await meetings.get(RequestConfiguration(query_parameters=query))
    hold("it is found by its link", [meeting.id for meeting in found.value] == [made.id], found.value)
    await meetings.by_online_meeting_id(made.id).patch(OnlineMeeting(subject="Thesis defence, moved"))
    hold("it is changed", witness.last()[0] == 200, witness.last())
    got = await meetings.by_online_meeting_id(made.id).get()
    hold(
        "in what was given and nothing else",
        got.subject == "Thesis defence, moved"
        and (got.join_web_url, got.start_date_time) == (made.join_web_url, made.start_date_time),
        got,
    )
    await meetings.by_online_meeting_id(made.id).delete()
    hold("it is deleted", witness.last()[0] == 204, witness.last())
    refusal = None
    try:
        await meetings.by_online_meeting_id(made.id).get()
    except ODataError as error:
        refusal = error
    hold("and is gone: 404, as an ODataError", refusal and refusal.response_status_code == 404, refusal)
    hold(
        "which has a code and the request's id",
        refusal.error.code and refusal.error.inner_error and refusal.error.inner_error.request_id,
        refusal,
    )


async def main(certificate, calm, busy):
    await sign_in(calm, certificate)
    await create_or_get(calm)
    await throttled(busy)
    await create(calm)


# A refusal that is asked for is no news.
logging.getLogger("azure").setLevel(logging.CRITICAL)
try:
    asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), PATIENCE))
except Exception as error:
    hold("nothing else is raised", False, repr(error))
