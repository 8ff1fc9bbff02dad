Feature: Redfish, who gets in

  Ids RF are of the DPO profile: the catalogue leaves Redfish to the validators of DMTF, which judge schemas, not
  what a grid operator relies on. Clause numbers of DSP0266 are from memory (marked +).

  @RF-001 @MUST @R @RF:13+
  Scenario: RF-001 The entrance needs no login
    /redfish names the version 1 and where it is; the service root says what the service is.

    When the client reads "/redfish" and "/redfish/v1/" without a login
    Then each answer is 200 with a JSON object
    And they name the service root and its RedfishVersion

  @RF-002 @MUST @R @RF:13+
  Scenario: RF-002 All else needs a login
    Status 401 with WWW-Authenticate or an error body, and nothing of the resource.

    When the client reads the resources that the root links without a login
    Then each answer is 401 and shows nothing of a resource

  @RF-003 @MUST @R @RF:13+
  Scenario: RF-003 A login makes a session
    Status 201 with the token in X-Auth-Token, the session in Location, and no password in the body.

    When the client logs in
    Then the answer is a session with a token, a location and no password
    And the token opens the chassis collection
    And the session is ended

  @RF-004 @MUST @R @RF:13+
  Scenario: RF-004 Wrong credentials get no hint
    A wrong password and an unknown user get the same status and the same body, and no token.

    When the client logs in with a wrong password, and as a user that does not exist
    Then both are refused alike, without a token

  @RF-005 @MUST @R @RF:13+
  Scenario: RF-005 A session that was ended opens nothing
    After DELETE of the session its token gets 401.

    When the client logs in
    And the client ends the session
    Then its token is refused

  @RF-006 @MUST @R @RF:13+
  Scenario: RF-006 A made-up token opens nothing
    Status 401.

    When the client reads the chassis collection with a token that was never given
    Then each answer is 401 and shows nothing of a resource

  @RF-007 @MUST @R @RF:13+
  Scenario: RF-007 No password and no token in any resource
    The session, the account and the service that holds them show neither.

    When the client reads every resource that can be reached
    Then no resource shows the password or the token

  @RF-008 @MUST @N @RF:13+ @needs:redfish-reader
  Scenario: RF-008 A user who may only read writes no set point
    Status 403, and the set point is what it was.

    Given the control of the shelf's input power
    When the user who may only read sets it to its largest value
    Then the answer is 403
    And the set point is unchanged

  @RF-009 @MUST @N @RF:13+
  Scenario: RF-009 Without a login nobody writes a set point
    Status 401, and the set point is what it was.

    Given the control of the shelf's input power
    When it is set to its largest value without a login
    Then the answer is 401
    And the set point is unchanged
