Feature: What is not in the map, versions and capabilities
  An address that the map does not declare does not exist.

  @MAP-021 @MUST @R @MAP
  Scenario: MAP-021 Unmapped addresses
    Every address outside the map is refused with exception 02. Without --full-sweep the addresses near the map and a sample of the others are read.

    When the client reads the addresses that are not in the map, one by one
    Then each is refused with exception 02

  @MAP-023 @MUST @R @MAP @needs:pmi
  Scenario: MAP-023 Version of the map
    The device's major version is that of the file; its minor version is not lower.

    When the client reads the version of the map from the device
    Then the major version is that of the map file and the minor version is not lower

  @MAP-024 @MUST @R @MAP @needs:pmi
  Scenario: MAP-024 Capabilities
    Each claimed capability comes with its registers; those of one that is not claimed are refused with exception 02, or read as not available or 0.

    When the client reads each declared register alone
    Then each capability bit agrees with the registers that answer
