Feature: Redfish, the resources

  @RF-020 @MUST @R @RF:9+
  Scenario: RF-020 Every link resolves
    Each URI that a resource names is there, and says of itself that it is that one, of which type, and its name.

    When the client reads every resource that can be reached
    Then each says where it is, of which type it is and how it is called

  @RF-021 @MUST @R @RF:9+
  Scenario: RF-021 Collections count their members
    Members@odata.count is the number of members, and no member stands twice.

    When the client reads every resource that can be reached
    Then each collection counts its members, and each member once

  @RF-025 @MUST @R @DPO @needs:service-claims
  Scenario: RF-025 What is claimed is there
    Each kind of resource that the capability statement claims can be reached from the service root, which has the version
    of Redfish that is claimed.

    When the client reads every resource that can be reached
    Then each kind that is claimed is among them, and the root has the version that is claimed

  @RF-022 @MUST @R @DPO
  Scenario: RF-022 Sensors have readings with a unit
    A sensor that is enabled has a number and a unit, and the number is inside the range it states.

    When the client reads the sensors of the shelf
    Then each enabled sensor has a number with a unit, inside its range

  @RF-023 @MUST @R @DPO
  Scenario: RF-023 The shelf has a control of its input power
    The environment metrics name a control in watts with the range it takes; the copy in the metrics is the same.

    Given the control of the shelf's input power
    Then it has a range, and the copy in the environment metrics is the same

  @RF-024 @MUST @R @DPO
  Scenario: RF-024 Power supplies tell who they are and what they measure
    Each supply that is there has maker or model, serial number, health, and metrics of output power and rail voltage.

    When the client reads the power supplies
    Then each one that is there has model, serial number, health and metrics
